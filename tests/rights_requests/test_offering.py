"""Which rights are offered, and on which grounds each may be refused (P16, P63, table B11)."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from audit.reasons import because
from notices.models import governing_notice
from notices.offering import keeps_contact_people
from notices.publishing import adopt
from notices.terms import ClauseKind, Right
from register.models import Prohibition
from rights_requests import decisions
from rights_requests.decisions import CannotRefuse, grounds_open
from rights_requests.desk import reminder_lines
from rights_requests.grounds import BY_KEY, EVERY_RIGHT_DECIDED, GROUNDS, WEIGHED, grounds_for
from rights_requests.models import Demand, LetterKind
from rights_requests.offering import offered
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    ContactRoleFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    SectionFactory,
    UserFactory,
)
from tests.rights_requests.asking import address
from tests.rights_requests.at_the_desk import RECORD, act_on, ask, page_of, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ALWAYS = ["access", "rectification", "erasure", "restriction", "prohibition"]
NOT_ALWAYS = ["anonymisation", "portability", "objection", "withdrawal"]
#: What may be said about everybody's request (arts 11(2), 12(2), 12(5), 12(6)).
ANY = {"not_identified", "excessive"}
#: Table B11 of the law, row by row.
B11 = {
    "access": {"rights_of_others", "national_limits"},
    "rectification": {"accurate", "somebody_else", "voucher"},
    "erasure": {
        "legal_obligation",
        "open_invoice",
        "collection",
        "legal_claims",
        "contact_person_role",
        "restriction_asked",
    },
    "restriction": {"no_restriction_ground"},
    "portability": {
        "not_provided",
        "other_basis",
        "not_automated",
        "public_task",
        "portability_of_others",
        "not_feasible",
    },
    "objection": {"no_objection_basis", "compelling_grounds", "objection_claims"},
    "withdrawal": set(),
}
BARS = "Yrityksen yhteyshenkilönä ei tietojasi voida poistaa tänä aikana."
KEEPS = "Yhteyshenkilön tietoja säilytämme niin kauan kuin tehtävä kestää."
REASONS = "Eero takes the deliveries of this spring, and nobody else there can do it for us. " * 2


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def under(purposes=None, rights=(), words="", **more):
    """A notice in force."""
    told = {"contact_email": "vastuu@koepaja.example"} | more
    notice = NoticeFactory(purposes=purposes, **told)
    for right in rights:
        ClauseFactory(notice=notice, kind=ClauseKind.RIGHT, term=right)
    if words:
        SectionFactory(notice=notice, text=words)
    adopt(notice, now=NOW, reason="Test")
    return governing_notice()


@pytest.mark.parametrize(
    ("purposes", "rights", "beyond"),
    [
        ({"orders": "contract"}, (), {"portability"}),
        ({"orders": "consent"}, (), {"portability", "withdrawal"}),
        ({"statistics": "legitimate_interest"}, (), {"objection"}),
        ({"orders": "legal_obligation"}, (), set()),
        # advertising is forbidden, and not weighed
        ({"ad_targeting": "legitimate_interest"}, (), set()),
        ({"orders": "legal_obligation"}, ("anonymisation",), {"anonymisation"}),
        (
            {"orders": "contract", "statistics": "legitimate_interest", "publication": "consent"},
            ("anonymisation",),
            set(NOT_ALWAYS),
        ),
        # what a notice does not say takes nobody's right away
        ({"orders": ""}, (), {"portability", "objection"}),
        ({}, (), {"portability", "objection"}),
    ],
)
def test_the_rights_offered_follow_from_the_bases_of_the_purposes(client, purposes, rights, beyond):
    """P16, P19, P66, O01, M02, C01: on the form, on the page of the notice, on paper."""
    notice = under(purposes, rights)
    expected = {*ALWAYS, *beyond}
    assert set(offered(notice)) == expected
    page = client.get(address("choose")).text
    assert set(re.findall(r'name="right" value="(\w+)"', page)) == expected
    public = client.get("/fi/").text
    assert set(re.findall(r"/requests/form/\?right=(\w+)", public)) == expected


def test_what_is_not_offered_is_not_asked_on_the_web(client):
    """P16: an address that was kept leads to what is offered."""
    under({"orders": "legal_obligation"})
    for sent in (client.get, client.post):
        page = sent(address("form", right="portability"), {"right": "portability"})
        assert 'value="portability"' not in page.text
    page = client.get(address("form", right=["access", "portability"])).text
    assert re.findall(r'name="right" value="(\w+)"', page) == ["access"]


def test_what_a_letter_asks_beyond_that_is_recorded_and_refused_with_access_offered():
    """O05, P16, P53: with the ground that fits already chosen, and the certificate says where."""
    under({"orders": "legal_obligation"})
    aino = CustomerFactory(given_name="Aino", email="aino@koe.example")
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    page = contact.get(RECORD)
    apart = page.text.index("Not offered by the privacy notice in force")
    for right in ALWAYS:
        assert page.text.index(f'id="id_{right}"') < apart
    for right in NOT_ALWAYS:
        assert page.text.index(f'id="id_{right}"') > apart
    sent = {"channel": "letter", "received_on": timezone.localdate().isoformat(), "language": "en"}
    contact.post(RECORD, sent | {"name": "Aino", "email": aino.email, "portability": "on"})
    demand = Demand.objects.get()
    decisions.link(demand.request, aino, now=NOW)
    decisions.prove(demand.request, "in_person", now=NOW, by=UserFactory())
    form = contact.get(act_on(demand.request, "portability", "refuse")).context["form"]
    assert form.initial["ground"] == "other_basis"
    said = {"ground": "other_basis", "refused_what": "The package.", "until": "For good."}
    contact.post(
        act_on(demand.request, "portability", "refuse"),
        said | {"reasons": "The law obliges us to keep the orders."},
    )
    letter = demand.request.letters.get(kind=LetterKind.REFUSAL)
    assert "neither on consent nor on a contract" in letter.body
    assert "You have the right to a copy of all your data." in letter.body
    assert "/en/requests/" in letter.body


# --- the grounds


@pytest.mark.parametrize("right", B11)
def test_each_right_has_exactly_the_grounds_of_the_law(right):
    """P59, P60, O05, E02, E11: table B11; what keeps a part back refuses no whole (A07)."""
    of_law = {one for one in GROUNDS if right in one.rights}
    assert {one.key for one in of_law} == ANY | B11[right]
    assert of_law - set(grounds_for(right)) == {one for one in of_law if one.is_partial}
    assert {one.key for one in of_law if one.is_partial} == (
        {"rights_of_others", "national_limits"} if right == "access" else set()
    )


def test_the_promise_of_anonymisation_has_the_grounds_of_an_erasure():
    """P66: table B11."""
    assert grounds_for("anonymisation") == grounds_for("erasure")


def test_a_prohibition_has_no_ground():
    """M01: table B11."""
    assert grounds_for("prohibition") == []
    assert Right.PROHIBITION not in EVERY_RIGHT_DECIDED
    assert [key for key in BY_KEY if not BY_KEY[key].rights] == []


def test_a_weighed_ground_is_open_where_there_is_nothing_to_weigh():
    """M02: otherwise each use is weighed by itself."""
    under({"orders": "contract"})
    aino = CustomerFactory(email="aino@koe.example")
    nothing = ask("objection", customer=aino, proof="in_person").demands.get()
    assert set(WEIGHED) <= {one.key for one in grounds_open(nothing)}
    NoticeFactory(in_force=True, purposes={"statistics": "legitimate_interest"})
    something = ask("objection", customer=aino, proof="in_person").demands.get()
    assert {one.key for one in grounds_open(something)} == {"excessive"}


@pytest.mark.parametrize("right", B11)
def test_that_nobody_has_shown_who_asks_is_a_ground_until_somebody_has(right):
    """B11, P16: arts 11(2) and 12(6): a certificate tells no untruth."""
    under({"orders": "contract"})
    aino = CustomerFactory(email="aino@koe.example")
    asked = ask(right, customer=aino)
    assert {one.key for one in grounds_open(asked.demands.get())} == ANY
    for known, is_offered in ((CustomerFactory(email="other@koe.example"), True), (aino, False)):
        asked = ask(right, customer=known, proof="proven_email")
        keys = {one.key for one in grounds_open(asked.demands.get())}
        assert ("not_identified" in keys) is is_offered
    # a link shows an address; nobody of the register is found by it
    unfound = ask(right, proof="proven_email").demands.get()
    assert "not_identified" in {one.key for one in grounds_open(unfound)}


@pytest.mark.parametrize(
    ("ground", "proof", "is_offered"),
    [
        ("unlawful", "in_person", True),
        ("claims", "in_person", True),
        # a letter may not say which
        ("", "in_person", True),
        ("accuracy", "in_person", False),
        # anybody can ask in another's name
        ("claims", "", False),
        (None, "", False),
    ],
)
@pytest.mark.parametrize("right", ["erasure", "anonymisation"])
def test_that_a_restriction_is_asked_instead_needs_one_that_is(right, ground, proof, is_offered):
    """E11, P30, B11: art. 18(1)(b) and (c); one in force is among the facts of the register."""
    under({"orders": "contract"})
    aino = CustomerFactory(email="aino@koe.example")
    if ground is not None:
        other = ask("restriction", customer=aino, proof=proof).demands.get()
        with because("Test"):
            other.restriction_ground = ground
            other.save()
    demand = ask(right, customer=aino, proof="in_person").demands.get()
    assert ("restriction_asked" in {one.key for one in grounds_open(demand)}) is is_offered


# --- contact people (P63)


@pytest.mark.parametrize("words", [BARS, KEEPS])
def test_the_words_of_the_notice_promise_to_keep_contact_people(words):
    """P63, A4: too absolutely, or as the law lets it."""
    assert keeps_contact_people(under(words=words))


@pytest.mark.parametrize(
    "words",
    ["Pidämme asiakasrekisteriä.", "Yhteyshenkilömme vastaa kysymyksiin.",
     "Poistamme pyynnöstä myös yhteyshenkilön tiedot."],
)  # fmt: skip
def test_other_words_promise_nothing(words):
    """P63"""
    assert not keeps_contact_people(under(words=words))


@pytest.mark.parametrize(
    ("words", "ends", "is_offered"),
    [
        (KEEPS, None, True),
        (KEEPS, date(2020, 1, 2), False),
        ("Pidämme asiakasrekisteriä.", None, False),
    ],
)
def test_the_ground_needs_the_promise_and_the_role(words, ends, is_offered):
    """P63: refused on it, or waiting for the end of the role: both are offered, or neither."""
    under({"orders": "contract"}, words=words)
    eero = CustomerFactory(given_name="Eero", email="eero@koe.example")
    ContactRoleFactory(person=eero, started_on=date(2019, 1, 2), ended_on=ends)
    asked = ask("erasure", customer=eero, proof="in_person", email=eero.email)
    demand = asked.demands.get()
    assert ("contact_person_role" in {one.key for one in grounds_open(demand)}) is is_offered
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    page = contact.get(act_on(asked, "erasure", "grant"))
    assert ("needed_for_role" in page.context["form"].fields) is is_offered
    # the plan names a role that lasts, and what becomes of it
    speaks = "The person speaks for an organisation that is a customer"
    ends_or_waits = "That role ends with the erasure, unless you write why the data are needed"
    ends_at_once = "That keeps nothing: the role ends with the erasure."
    said = [one in page.text for one in (speaks, ends_or_waits, ends_at_once)]
    assert said == [not ends, is_offered, not ends and not is_offered]
    if not is_offered:
        with pytest.raises(CannotRefuse):
            refused(demand)


def refused(demand, key="contact_person_role"):
    return decisions.refuse(
        demand,
        by=UserFactory(),
        now=NOW,
        ground=BY_KEY[key],
        refused_what="The erasure.",
        reasons=REASONS,
        until="While the role lasts.",
    )


@pytest.mark.parametrize(("ends_in", "review_in"), [(None, 365), (30, 30)])
def test_it_is_looked_at_again_after_a_year_or_when_the_role_ends(ends_in, review_in, time_machine):
    """P63: the certificate says when, and staff are reminded on that day."""
    time_machine.move_to(NOW.replace(month=5, day=20), tick=False)
    now = timezone.now()
    today = timezone.localdate()
    under(words=KEEPS)
    eero = CustomerFactory(given_name="Eero", email="eero@koe.example")
    ends = today + timedelta(days=ends_in) if ends_in else None
    ContactRoleFactory(person=eero, started_on=date(2019, 1, 2), ended_on=ends)
    asked = ask("erasure", customer=eero, proof="in_person", email=eero.email, now=now)
    certificate = decisions.refuse(
        asked.demands.get(), by=UserFactory(), now=now, ground=BY_KEY["contact_person_role"],
        refused_what="The erasure.", reasons=REASONS, until="While the role lasts.",
    )  # fmt: skip
    day = today + timedelta(days=review_in)
    assert certificate.review_on == day
    assert "We look at this again on" in asked.letters.get(kind=LetterKind.REFUSAL).body
    assert [str(certificate) in line for line in reminder_lines(day)] == [True]
    assert reminder_lines(day - timedelta(days=1)) == []


@pytest.mark.parametrize("right", ["access", "rectification", "restriction", "prohibition"])
def test_the_role_stops_nothing_but_an_erasure(right):
    """P63, A4"""
    under({"orders": "contract"}, words=BARS)
    eero = CustomerFactory(given_name="Eero", email="eero@koe.example")
    ContactRoleFactory(person=eero, started_on=date(2019, 1, 2))
    asked = ask("access", customer=eero, proof="in_person", email=eero.email)
    if right == "prohibition":
        contact = staff(Role.DATA_PROTECTION_CONTACT)
        assert contact.get(page_of(asked)).status_code == 200
        forbidden = ask("access", "prohibition", email=eero.email)
        assert forbidden.demands.get(right="prohibition").carried_out_at
        assert Prohibition.objects.count() == 0  # nothing was named
        return
    demand = ask(right, customer=eero, proof="in_person", email=eero.email).demands.get()
    assert decisions.hindrances(demand) == []
    assert "contact_person_role" not in {one.key for one in grounds_open(demand)}


def test_an_open_invoice_is_a_ground_for_an_anonymisation_too():
    """P66, E04"""
    under({"orders": "contract"}, rights=["anonymisation"])
    aino = CustomerFactory(email="aino@koe.example")
    demand = ask("anonymisation", customer=aino, proof="in_person").demands.get()
    assert "open_invoice" not in {one.key for one in grounds_open(demand)}
    InvoiceFactory(customer=aino)
    assert "open_invoice" in {one.key for one in grounds_open(demand)}
