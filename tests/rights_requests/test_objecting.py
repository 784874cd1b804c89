"""An objection: the use stops at once, is weighed, and stops for good or goes on (art. 21(1))."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from audit.reasons import because
from notices.models import governing_notice
from notices.terms import Purpose
from register.models import Customer, Objection
from rights_requests import copies, decisions
from rights_requests.carrying_out import DataChanged
from rights_requests.deadlines import HELSINKI
from rights_requests.decisions import AlreadyDecided, CannotRefuse, InTheWay
from rights_requests.forgetting import forget_old
from rights_requests.grounds import BY_KEY
from rights_requests.letters import mark_sent
from rights_requests.models import (
    Certificate,
    Demand,
    LetterKind,
    LinkPurpose,
    ReasonsMissing,
    RightsRequest,
    Weighing,
)
from rights_requests.phone_order import cautions_of
from rights_requests.weighing import Verdict, weigh
from staff.roles import Role
from tests.factories import CustomerFactory, NoticeFactory, UserFactory
from tests.rights_requests.asking import address, answers, check, press
from tests.rights_requests.at_the_desk import act_on, ask, page_of, said, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(hours=1)
LAST = NOW + timedelta(hours=2)
STATISTICS, CONTENT = Purpose.STATISTICS, Purpose.PERSONALISED_CONTENT
LONG = "We must find out who misuses the forms, which we cannot do in any other way at all. " * 2
SHORT = "Older figures are enough for us."


@pytest.fixture(autouse=True)
def notice(db):
    with translation.override("en"):
        yield NoticeFactory(
            in_force=True,
            languages=["fi", "sv", "en"],
            contact_email="vastuu@koepaja.example",
            purposes={
                "orders": "contract",
                "statistics": "legitimate_interest",
                "personalised_content": "legitimate_interest",
            },
        )


@pytest.fixture
def aino():
    return CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")


@pytest.fixture
def contact():
    return staff(Role.DATA_PROTECTION_CONTACT)


def usable():
    """For what the data of anybody may be used."""
    return {one for one in governing_purposes() if Customer.objects.usable_for(one).exists()}


def governing_purposes():
    return [one for one in Purpose if governing_notice().bases(one)]


def objects_to(*purposes, aino, proof="in_person"):
    """A request that was found and proven, so that it is weighed."""
    asked = ask("objection", now=NOW)
    demand = asked.demands.get()
    if purposes:
        with because("Test"):
            demand.purposes = [str(one) for one in purposes]
            demand.save()
    decisions.link(asked, aino, now=NOW)
    decisions.prove(asked, proof, now=NOW, by=UserFactory())
    return Demand.objects.select_related("request").get(pk=demand.pk)


def decided(demand, *verdicts, **more):
    return weigh(
        demand, verdicts, until="While the misuse goes on.", by=UserFactory(), now=LATER, **more
    )


def upheld(purpose, reasons=SHORT):
    return Verdict(purpose, reasons)


def refused(purpose, key="compelling_grounds"):
    return Verdict(purpose, LONG, BY_KEY[key])


# --- it stops at once


@pytest.mark.parametrize("first", ["link", "proof"])
def test_each_use_stops_as_soon_as_it_is_known_who_objects(aino, first):
    """M02, S01, P16: art. 18(1)(d), and only what can be objected to."""
    asked = ask("objection", now=NOW)
    acts = {
        "link": lambda: decisions.link(asked, aino, now=NOW),
        "proof": lambda: decisions.prove(asked, "in_person", now=NOW, by=UserFactory()),
    }
    acts.pop(first)()
    assert usable() == {Purpose.ORDERS, STATISTICS, CONTENT}
    next(iter(acts.values()))()
    assert usable() == {Purpose.ORDERS}
    assert Demand.objects.get().purposes == ["statistics", "personalised_content"]


def test_what_was_named_stops_and_nothing_else(aino):
    """M02"""
    objects_to(STATISTICS, aino=aino)
    assert usable() == {Purpose.ORDERS, CONTENT}


def test_a_look_alike_stops_nothing(aino):
    """I08, M02: the link proves an address that is not the customer's."""
    objects_to(aino=CustomerFactory(email="other@koe.example"), proof="proven_email")
    assert not Objection.objects.exists()


def test_the_status_page_says_which_uses_rest_while_the_objection_is_weighed(client, aino):
    """S01, M02, S05: art. 18(1)(d), 12(1): in plain words, from when they rest until they go on."""
    asked = ask("objection", now=NOW)
    link = asked.links.get(purpose=LinkPurpose.STATUS)

    def page():
        return client.get(address("status", link.token, language="en")).text

    assert "we have not used your data" not in page()
    decisions.link(asked, aino, now=NOW)
    decisions.prove(asked, "in_person", now=NOW, by=UserFactory())
    day = f"{NOW.astimezone(HELSINKI):%-d %B %Y}"
    rests = f"Since {day} we have not used your data for this, because you object to it:"
    both = "statistics, personalised content in our web services."
    assert f"{rests} {both} That holds at least until we have answered you." in page()
    decided(asked.demands.get(), upheld(STATISTICS), refused(CONTENT))
    goes_on = "We use them for it again when our letter about the refusal has left."
    assert f"{rests} personalised content in our web services. {goes_on}" in page()
    mark_sent(asked.letters.get(kind=LetterKind.REFUSAL), now=LAST)
    assert "we have not used your data" not in page()


def test_it_goes_with_the_customer_who_turned_out_to_ask(aino):
    """M02"""
    other = CustomerFactory(given_name="Aino", family_name="Toinen")
    demand = objects_to(aino=other)
    decisions.link(demand.request, aino, now=LATER)
    assert set(Objection.objects.values_list("customer", flat=True)) == {aino.pk}


def test_who_takes_the_request_back_is_used_again(aino):
    """M02"""
    demand = objects_to(aino=aino)
    decisions.withdraw(demand.request, now=LATER)
    assert usable() == {Purpose.ORDERS, STATISTICS, CONTENT}


# --- it is weighed


def test_what_is_upheld_stops_for_good_and_the_rest_may_be_erased(aino):
    """M02, E01: the letter says what stopped and why, and offers the erasure of art. 17(1)(c)."""
    demand = decided(objects_to(aino=aino), upheld(STATISTICS), upheld(CONTENT))
    assert demand.granted_at
    assert demand.decided_by
    assert usable() == {Purpose.ORDERS}
    letter = demand.request.letters.get(kind=LetterKind.ANSWER_OBJECTION)
    for words in ("- Statistics", SHORT, "article 17(1)(c)", "/en/requests/"):
        assert words in letter.body
    mark_sent(letter, now=LAST)
    assert usable() == {Purpose.ORDERS}
    assert RightsRequest.objects.get().closed_at


def test_what_is_refused_goes_on_after_the_person_was_told_and_not_before(aino):
    """M02, S05, P59: the certificate has the compelling grounds."""
    demand = decided(objects_to(aino=aino), refused(STATISTICS), refused(CONTENT))
    assert demand.refused_at
    letter = demand.request.letters.get(kind=LetterKind.REFUSAL)
    for words in (LONG.strip(), "compelling legitimate grounds", "we use them for it again"):
        assert words in letter.body
    assert usable() == {Purpose.ORDERS}
    mark_sent(letter, now=LAST)
    assert usable() == {Purpose.ORDERS, STATISTICS, CONTENT}
    assert set(Objection.objects.values_list("told_at", flat=True)) == {LAST}


def test_each_use_has_its_own_verdict_and_its_own_reasons(aino):
    """M02, R07: the certificate is for what is refused, and tells what was done for the rest."""
    demand = decided(
        objects_to(aino=aino), upheld(STATISTICS), refused(CONTENT, "objection_claims")
    )
    kept = dict(Weighing.objects.values_list("purpose", "ground"))
    assert kept == {"statistics": "", "personalised_content": "objection_claims"}
    certificate = Certificate.objects.get()
    assert (certificate.ground, certificate.demand) == ("objection_claims", demand)
    assert "Personalised content" in certificate.refused_what
    assert "statistics" not in certificate.refused_what.lower()
    assert "Statistics: " + SHORT in certificate.done_for_rest
    assert "you may have them erased" in certificate.done_for_rest
    mark_sent(demand.request.letters.get(kind=LetterKind.REFUSAL), now=LAST)
    assert usable() == {Purpose.ORDERS, CONTENT}


def test_what_is_upheld_in_part_is_called_so_wherever_the_outcome_stands(client, contact, aino):
    """R07, M02: on the page of the request, at the desk, and in the copy of the data (A04)."""
    demand = decided(objects_to(aino=aino), upheld(STATISTICS), refused(CONTENT))
    asked, number = demand.request, Certificate.objects.get().number
    told = f"What is refused of it stands in certificate {number}."
    day = f"{LATER.astimezone(HELSINKI):%-d %B %Y}"
    link = asked.links.get(purpose=LinkPurpose.STATUS)
    page = client.get(address("status", link.token, language="en")).text
    assert f"Partly granted on {day}. {told}" in page
    assert "Refused on" not in page
    shown = re.findall(r"<dt>([^<]+)</dt><dd><strong>([^<]+)</strong>", page)
    assert shown == [
        ("Statistics", "Upheld"),
        ("Personalised content in our web services", "Refused"),
    ]
    desk = contact.get(page_of(asked)).text
    assert "granted a part of this on" in desk
    assert "refused this on" not in desk
    found = copies.copy_of(ask("access", customer=aino, proof="in_person"), now=timezone.now())
    assert found["requests"][0]["rights"][0]["outcome"] == f"Partly granted on {day}. {told}"
    with pytest.raises(AlreadyDecided) as told_second:
        decided(demand, upheld(STATISTICS), upheld(CONTENT))
    assert "granted a part of this on" in told_second.value.message


@pytest.mark.parametrize(
    ("verdict", "is_granted"), [(lambda one: upheld(one), True), (lambda one: refused(one), False)]
)
def test_what_is_upheld_or_refused_as_a_whole_is_no_part(aino, verdict, is_granted):
    """R07"""
    demand = decided(objects_to(aino=aino), verdict(STATISTICS), verdict(CONTENT))
    assert (demand.granted_at is not None, demand.is_partly_granted) == (is_granted, False)


def test_each_use_that_is_refused_has_its_own_ground_in_the_certificate(aino):
    """P59, M02: art. 12(4): the person can tell which refusal rests on which ground."""
    decided(objects_to(aino=aino), refused(STATISTICS), refused(CONTENT, "objection_claims"))
    letter = Certificate.objects.get().demand.letters.get(kind=LetterKind.REFUSAL)
    for use, ground in (
        ("Statistics", "We have compelling legitimate grounds that override the objection."),
        ("Personalised content in our web services", "The data are needed for a legal claim."),
    ):
        assert f"{use}: {ground} (GDPR article 21(1)) {LONG.strip()}" in letter.body
        assert letter.body.count(ground) == 1
    assert "The ground in the law:" not in letter.body


def test_what_is_upheld_needs_no_reasons_and_the_letter_has_none(aino):
    """M02, art. 12(4): reasons are for who gets less than was asked for."""
    demand = decided(objects_to(aino=aino), upheld(STATISTICS, ""), upheld(CONTENT, " "))
    body = demand.request.letters.get(kind=LetterKind.ANSWER_OBJECTION).body
    assert "- Statistics" in body
    assert "## Why" not in body
    assert "Statistics:" not in body
    assert "\n\n\n" not in body


def test_one_upheld_without_reasons_is_told_in_the_certificate_of_the_other(aino):
    """M02, R07"""
    decided(objects_to(aino=aino), upheld(STATISTICS, ""), refused(CONTENT))
    done = Certificate.objects.get().done_for_rest
    assert done.startswith("We do not use your data for this any more: statistics.\n\nDid we keep")


def test_nothing_is_weighed_by_halves_or_refused_without_reasons(aino):
    """M02, P47, P59"""
    demand = objects_to(aino=aino)
    wrong = [
        (DataChanged, (upheld(STATISTICS),)),
        (DataChanged, ()),
        (
            ReasonsMissing,
            (Verdict(STATISTICS, "  ", BY_KEY["compelling_grounds"]), upheld(CONTENT)),
        ),
        (CannotRefuse, (refused(STATISTICS, "legal_claims"), upheld(CONTENT))),
    ]
    for error, verdicts in wrong:
        with pytest.raises(error):
            decided(demand, *verdicts)
    assert Demand.objects.get().is_open
    assert not Weighing.objects.exists()


def test_it_is_weighed_once_and_only_when_it_is_known_who_asks(aino):
    """M02, I04"""
    demand = objects_to(STATISTICS, aino=aino)
    decided(demand, upheld(STATISTICS))
    with pytest.raises(AlreadyDecided):
        decided(demand, refused(STATISTICS))
    stranger = ask("objection", customer=aino).demands.get()
    with pytest.raises(InTheWay):
        decided(stranger, refused(STATISTICS), refused(CONTENT))


def test_the_reasons_are_forgotten_with_the_request(aino):
    """D04r, P67"""
    decided(objects_to(STATISTICS, aino=aino), upheld(STATISTICS, "Aino lives in hiding."))
    letter = RightsRequest.objects.get().letters.get(kind=LetterKind.ANSWER_OBJECTION)
    for one in RightsRequest.objects.get().letters.filter(sent_at=None):
        mark_sent(one, now=LATER)
    assert letter.body
    forget_old(now=LATER + timedelta(days=4 * 366))
    assert Weighing.objects.get().reasons == ""
    assert not Weighing.history.exclude(reasons="").exists()


def under(**purposes):
    """Another notice comes into force."""
    NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example", purposes=purposes)


def grounds_on(page):
    """What the page of weighing offers for each use, besides that the objection is upheld."""
    fields = page.context["form"].fields
    return {
        name.removeprefix("verdict-"): [key for key, _label in field.choices if key != "upheld"]
        for name, field in fields.items()
        if name.startswith("verdict-")
    }


def test_a_ground_that_the_notice_denies_refuses_no_use(contact, aino):
    """P16, B11: what the notice rests on a legitimate interest, or on nothing, can be objected to;
    another purpose that somebody named is refused for that."""
    under(orders="contract", statistics="legitimate_interest", personalised_content="")
    demand = objects_to(Purpose.ORDERS, STATISTICS, CONTENT, aino=aino)
    assert grounds_on(contact.get(page_of(demand.request, "weigh"))) == {
        "orders": ["no_objection_basis", "compelling_grounds", "objection_claims"],
        "statistics": ["compelling_grounds", "objection_claims"],
        "personalised_content": ["compelling_grounds", "objection_claims"],
    }
    orders = refused(Purpose.ORDERS, "no_objection_basis")
    with pytest.raises(CannotRefuse):
        decided(demand, orders, refused(STATISTICS, "no_objection_basis"), upheld(CONTENT))
    assert decided(demand, orders, refused(STATISTICS), upheld(CONTENT)).refused_at


@pytest.mark.parametrize("key", ["no_objection_basis", "compelling_grounds", "objection_claims"])
@pytest.mark.parametrize("basis", ["legitimate_interest", "contract"])
def test_an_objection_to_publication_is_upheld_on_every_notice(contact, aino, basis, key):
    """B11, P14, P15, P52: a prohibition of publication has no ground of refusal."""
    under(statistics="legitimate_interest", publication=basis)
    demand = objects_to(Purpose.PUBLICATION, aino=aino)
    page = contact.get(page_of(demand.request, "weigh"))
    assert grounds_on(page) == {"publication": []}
    assert "Anybody may forbid this: the law gives no ground to refuse it." in page.text
    with pytest.raises(CannotRefuse):
        decided(demand, refused(Purpose.PUBLICATION, key))
    assert decided(demand, upheld(Purpose.PUBLICATION)).granted_at
    assert Purpose.PUBLICATION not in usable()


def test_nobody_whom_the_register_does_not_hold_is_refused_on_such_a_ground():
    """B11, P14, P16: one ground for all of it must fit each use."""
    asked = ask("objection", proof="in_person")
    [demand] = asked.demands.all()
    demand.request = asked
    weighed = {"compelling_grounds", "objection_claims"}
    assert {one.key for one in decisions.grounds_open(demand)} >= weighed
    assert "no_objection_basis" not in {one.key for one in decisions.grounds_open(demand)}
    demand.purposes = ["publication"]
    assert not weighed & {one.key for one in decisions.grounds_open(demand)}


# --- the page


def test_the_page_asks_for_each_use_and_decides_all_of_them(contact, aino):
    """M02, P59: no refusal without its reasons; compelling grounds take more of them."""
    asked = objects_to(aino=aino).request
    address = page_of(asked, "weigh")
    assert f'href="{address}"' in contact.get(page_of(asked)).text
    page = contact.get(address)
    assert "have not been used for this since" in page.text
    # whoever follows an address that was kept comes here
    assert contact.get(act_on(asked, "objection", "grant")).url == address
    filled = {
        "verdict-statistics": "upheld",
        "reasons-statistics": "",
        "verdict-personalised_content": "compelling_grounds",
        "reasons-personalised_content": SHORT,
        "preview": page.context["preview"],
    }
    form = contact.post(address, filled).context["form"]
    assert set(form.errors) == {"reasons-personalised_content", "until"}
    assert "A refusal needs them: the situation of the person" in page.text
    form = contact.post(address, filled | {"reasons-personalised_content": " "}).context["form"]
    assert form.errors["reasons-personalised_content"] == ["Say why: a refusal needs its reasons."]
    assert set(contact.post(address, {}).context["form"].errors) == {
        "verdict-statistics",
        "verdict-personalised_content",
    }
    filled |= {"reasons-personalised_content": LONG, "until": "For a year."}
    done = contact.post(address, filled, follow=True)
    assert said(done) == ["Decided: objection"]
    assert "upheld" in done.text
    assert Certificate.objects.get().until == "For a year."


def test_refused_for_all_uses_only_where_nothing_is_weighed(contact, aino):
    """M02, table B11: the page leads to the weighing."""
    asked = objects_to(aino=aino).request
    page = contact.get(act_on(asked, "objection", "refuse"))
    assert [key for key, _label in page.context["form"].fields["ground"].choices] == ["excessive"]
    assert page_of(asked, "weigh") in page.text


def test_nobody_weighs_what_is_no_objection(contact, aino):
    """M02"""
    asked = ask("access", customer=aino, proof="in_person")
    assert contact.get(page_of(asked, "weigh")).status_code == 404
    unknown = ask("objection")
    assert contact.get(page_of(unknown, "weigh")).status_code == 404


def test_the_order_by_phone_says_what_was_objected_to(aino):
    """M02: whoever takes the call uses the data for nothing of that."""
    objects_to(STATISTICS, aino=aino)
    assert cautions_of([aino])[aino.pk] == [
        "Has objected to: statistics. Use the data for nothing of that."
    ]


def test_the_form_names_the_uses_that_can_be_objected_to(client, aino):
    """M02, P16: none ticked are all of them; another is refused."""
    page = check(client, answers("objection", objected_purposes=["statistics"]))
    with translation.override("fi"):
        assert str(STATISTICS.label) in page.text
    press(client, page)
    assert Demand.objects.get().purposes == ["statistics"]
    page = check(client, answers("objection", objected_purposes=["orders"]))
    assert page.context["form"].errors.keys() == {"objected_purposes"}
