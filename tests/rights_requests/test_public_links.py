"""What the links in letters open: only a button acts, and nothing is told by a link that fails."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from audit.reasons import because
from notices.terms import ProhibitedUse, ProhibitionScope, Right
from register.models import Channel
from rights_requests import copies, decisions
from rights_requests.forgetting import forget_answered
from rights_requests.grounds import grounds_for
from rights_requests.intake import receive
from rights_requests.letters import mark_sent
from rights_requests.models import (
    Demand,
    ExtensionCause,
    Letter,
    Link,
    Proof,
    RightsRequest,
)
from rights_requests.models.letters import address_of
from tests.factories import (
    CustomerFactory,
    ItemFactory,
    LetterFactory,
    LinkFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    RightsRequestFactory,
    UserFactory,
)
from tests.rights_requests.asking import address

pytestmark = pytest.mark.django_db
PURPOSES = ["proof", "status", "report"]
NOW = "2026-03-05T09:00:00+00:00"


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True, contact_email="yhteys@koepaja.example")


@pytest.fixture
def staff():
    return UserFactory()


def asked(*rights, language="en", **more):
    """A request as the form makes it."""
    given = {"name": "Aino Koekajo", "email": "aino@koe.example"} | more
    demands = [Demand(right=right) for right in rights]
    for demand in demands:
        if demand.right == Right.PROHIBITION:
            demand.scopes, demand.uses = ProhibitionScope.values, ProhibitedUse.values
    now = timezone.now()
    request = RightsRequest(language=language, channel=Channel.FORM, received_at=now, **given)
    return receive(request, demands, now=now)


def path_of(request, purpose):
    """Where the working link of `purpose` leads."""
    link = Link.objects.working(timezone.now()).get(request=request, purpose=purpose)
    return "/" + address_of(link).split("/", 3)[3]


def answered(staff, **more):
    """A request for access that was granted; its customer has an order of two lines."""
    customer = CustomerFactory(
        given_name="Aino", family_name="Koekajo", email="aino@koe.example", phone="040 000 1234"
    )
    order = OrderFactory(customer=customer)
    OrderLineFactory(order=order, description="Vuosihuolto")
    OrderLineFactory(order=order, description="Renkaanvaihto")
    request = asked(Right.ACCESS, **more)
    decisions.link(request, customer, now=timezone.now())
    decisions.prove(request, Proof.PROVEN_EMAIL, now=timezone.now())
    request.refresh_from_db()
    decisions.grant(request.demands.get(), by=staff, now=timezone.now())
    request.refresh_from_db()
    return request


# --- every link


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_pages_open_at_the_addresses_that_letters_have(client, staff, purpose):
    request = answered(staff)
    if purpose == "proof":
        LinkFactory(request=request, purpose="proof")
    assert client.get(path_of(request, purpose)).status_code == 200


@pytest.mark.parametrize("purpose", PURPOSES)
def test_reading_a_link_changes_nothing_however_often(client, staff, purpose):
    """Mail scanners open each link, some of them three times."""
    request = answered(staff)
    if purpose == "proof":
        LinkFactory(request=request, purpose="proof")
    path = path_of(request, purpose)
    versions = [model.history.count() for model in (RightsRequest, Link, Letter, Demand)]
    pages = {client.get(path).text for _time in range(3)}
    assert client.head(path).status_code == 200
    assert len(pages) == 1
    assert versions == [model.history.count() for model in (RightsRequest, Link, Letter, Demand)]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_page_behind_a_link_is_kept_nowhere(client, staff, purpose):
    request = answered(staff)
    if purpose == "proof":
        LinkFactory(request=request, purpose="proof")
    for response in (
        client.get(path_of(request, purpose)),
        client.get(address(purpose, "forged")),
        client.post(path_of(request, purpose)),
    ):
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "no-referrer"
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


def ended(purpose):
    link = LinkFactory(purpose=purpose)
    LinkFactory(request=link.request, purpose=purpose)
    return link.token


def used(purpose):
    link = LinkFactory(purpose=purpose)
    with because("Test"):
        assert link.use(now=timezone.now())
    return link.token


def expired(purpose):
    with time_machine.travel("2025-01-01T00:00:00+00:00"):
        request = RightsRequestFactory()
        link = LinkFactory(request=request, purpose=purpose)
        with because("Test"):
            request.closed_at = timezone.now()
            request.save()
    return link.token


def of_another_purpose(purpose):
    other = PURPOSES[PURPOSES.index(purpose) - 1]
    return LinkFactory(purpose=other).token


def truncated(purpose):
    return LinkFactory(purpose=purpose).token[:-1]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_link_that_opens_nothing_opens_the_same_page(client, purpose):
    """I08: the same bytes, so that nobody learns which links there were."""
    kinds = (ended, used, expired, of_another_purpose, truncated)
    tokens = ["forged", "ä" * 20, "a" * 3000, *(kind(purpose) for kind in kinds)]
    pages = [
        response
        for token in tokens
        for response in (
            client.get(address(purpose, token, language="en")),
            client.post(address(purpose, token, language="en"), {"act": "withdraw"}),
        )
    ]
    pages.append(client.get(address("sent", "forged", language="en")))
    assert {page.status_code for page in pages} == {404}
    (text,) = {page.text for page in pages}
    assert "yhteys@koepaja.example" in text
    assert 'href="/en/requests/"' in text


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_other_method_is_taken(client, purpose, method):
    link = LinkFactory(purpose=purpose)
    assert getattr(client, method)(address(purpose, link.token)).status_code == 405


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_needs_no_csrf_cookie(staff, purpose):
    """I01: the link's own token takes its place."""
    request = asked(Right.ACCESS) if purpose == "proof" else answered(staff)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path_of(request, purpose)).status_code in (200, 302)


# --- proof


def test_the_button_shows_who_asks_and_works_once(client):
    """I04"""
    request = asked(Right.ACCESS)
    path = path_of(request, "proof")
    page = client.get(path)
    assert request.number in page.text
    response = client.post(path)
    assert response["Location"] == address("proven", language="en")
    assert client.get(response["Location"]).status_code == 200
    request.refresh_from_db()
    assert (request.proof, request.identified_by) == ("proven_email", None)
    assert client.post(path).status_code == client.get(path).status_code == 404


@pytest.mark.parametrize(("hours", "status"), [(24, 200), (24.001, 404)])
def test_a_proof_link_lives_a_day(client, hours, status):
    """I04"""
    with time_machine.travel(NOW, tick=False) as clock:
        path = path_of(asked(Right.ACCESS), "proof")
        clock.shift(timedelta(hours=hours) - timedelta(seconds=1))
        assert client.get(path).status_code == status


def test_the_proof_page_tells_nothing_of_who_asked(client):
    """A stranger may have typed the address: its owner learns the number and the rights."""
    page = client.get(path_of(asked(Right.ACCESS), "proof")).text
    assert "Koekajo" not in page


# --- status


@time_machine.travel(NOW, tick=False)
def test_the_status_page_tells_where_each_right_stands(client, staff):
    """P62, T10: received, the day and how it was counted, refused with its certificate."""
    request = asked(Right.ACCESS, Right.ERASURE, Right.OBJECTION, Right.PROHIBITION)
    path = path_of(request, "status")
    page = client.get(path).text
    assert "not confirmed yet" in page
    assert page.count("We answer on 7 April 2026 at the latest.") == 3
    assert "Easter" in page
    assert "In force since 5 March 2026." in page
    decisions.prove(request, Proof.SIGNATURE, now=timezone.now(), by=staff)
    erasure, objection = request.demands.filter(right__in=["erasure", "objection"])
    decisions.extend(
        erasure, by=staff, now=timezone.now(), cause=ExtensionCause.COMPLEXITY, reason="Much."
    )
    certificate = decisions.refuse(
        objection,
        by=staff,
        now=timezone.now(),
        ground=grounds_for("objection")[0],
        refused_what="All",
        reasons="Because",
        until="For good",
    )
    page = client.get(path).text
    assert "confirmed on 5 March 2026" in page
    assert "We answer on 5 June 2026 at the latest." in page
    assert f"Refused on 5 March 2026, certificate {certificate.number}." in page


def test_the_status_page_says_what_each_text_of_an_item_is(client):
    """R02, P56: which datum, what is wrong, what it should be and why."""
    request = asked(Right.RECTIFICATION)
    demand = request.demands.get()
    with because("Test"):
        # what a correction has changed; the items say more
        demand.categories = ["postal_address"]
        demand.save()
    ItemFactory(
        demand=demand,
        category="postal_address",
        kind="outdated",
        datum="Koekatu 1",
        wanted="Koekatu 2",
        ground="I moved.",
        statement="It was right before.",
    )
    ItemFactory(demand=demand, category="", kind="unnecessary", datum="A note", removes=True)
    page = client.get(path_of(request, "status")).text
    assert "<dt>Which data</dt>" not in page
    found = [
        (name, re.findall(r"<p>([^<]+)</p>", said))
        for name, said in re.findall(r"<dt>(\d\. [^<]+)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    ]
    assert found == [
        (
            "1. Postal address",
            [
                "What is the matter with it: it is outdated",
                "What is wrong or missing: Koekatu 1",
                "What it should be: Koekatu 2",
                "Why: I moved.",
                "Words of the person: It was right before.",
            ],
        ),
        (
            "2. Other data",
            [
                "What is the matter with it: it is not needed",
                "What is wrong or missing: A note",
                "What it should be: to be removed",
            ],
        ),
    ]


def test_the_status_page_shows_the_letters_without_their_links(client):
    """Who reads over a shoulder gets no link; notes to staff are not for the person."""
    request = asked(Right.ACCESS)
    path = path_of(request, "status")
    page = client.get(path).text
    receipt = Letter.objects.to_people().get()
    assert receipt.subject in page
    assert "…" in page
    for link in Link.objects.all():
        assert address_of(link) not in page
    to_staff = Letter.objects.get(kind="staff_arrival")
    assert to_staff.subject not in page


def test_a_forgotten_request_shows_no_letters(client, staff):
    """P67"""
    request = asked(Right.ERASURE)
    path = path_of(request, "status")
    with because("Test"):
        request.to_forget_at = request.closed_at = timezone.now()
        request.save()
    for letter in Letter.objects.filter(request=request):
        mark_sent(letter, now=timezone.now())
    forget_answered(now=timezone.now())
    page = client.get(path)
    assert page.status_code == 200
    assert request.number in page.text
    assert "We have received" not in page.text


def test_a_request_is_withdrawn_by_a_button(client):
    request = asked(Right.ACCESS)
    path = path_of(request, "status")
    response = client.post(path, {"act": "withdraw"})
    assert response["Location"] == f"{path}?done=withdrawn"
    request.refresh_from_db()
    assert request.withdrawn_at
    page = client.get(response["Location"]).text
    assert "You have withdrawn the request." in page
    assert 'value="withdraw"' not in page
    assert client.post(path, {"act": "withdraw"})["Location"] == path


@pytest.mark.parametrize(("days", "status"), [(90, 200), (91, 404)])
def test_a_closed_request_can_be_read_for_ninety_days(client, days, status):
    with time_machine.travel(NOW, tick=False) as clock:
        request = asked(Right.ACCESS)
        path = path_of(request, "status")
        client.post(path, {"act": "withdraw"})
        clock.shift(timedelta(days=days))
        assert client.get(path).status_code == status
        assert client.post(path, {"act": "proof"}).status_code == (302 if status == 200 else 404)


def test_a_new_proof_link_is_sent_once_in_five_minutes(client):
    with time_machine.travel(NOW, tick=False) as clock:
        request = asked(Right.ACCESS)
        path = path_of(request, "status")
        pages = []
        for minutes, letters in [(0, 0), (5, 1), (1, 1), (4, 2)]:
            clock.shift(timedelta(minutes=minutes))
            pages.append(client.post(path, {"act": "proof"})["Location"])
            assert Letter.objects.filter(kind="proof").count() == letters
        assert set(pages) == {f"{path}?done=proof_sent"}


@pytest.mark.parametrize("act", ["proof", "code", "copy", "nonsense", ""])
def test_what_cannot_be_done_is_not_done(client, act):
    """Proven, no code sent, no copy given: the page is simply shown again."""
    request = asked(Right.ACCESS)
    decisions.prove(request, Proof.SIGNATURE, now=timezone.now())
    path = path_of(request, "status")
    letters = Letter.objects.count()
    assert client.post(path, {"act": act, "code": "ABC"})["Location"] == path
    assert Letter.objects.count() == letters


def test_a_code_that_came_by_post_shows_who_asks(client):
    """I05: the least intrusive further proof; a wrong code is told, and five end it."""
    request = asked(Right.ACCESS)
    customer = CustomerFactory(street="Koekatu 1", postcode="00100", city="Helsinki")
    path = path_of(request, "status")
    decisions.link(request, customer, now=timezone.now())
    decisions.send_code(request, now=timezone.now())
    code = Link.objects.get(purpose="code")
    assert 'name="code"' in client.get(path).text
    wrong = client.post(path, {"act": "code", "code": "0000000000"})
    assert "The code is not right" in client.get(wrong["Location"]).text
    right = client.post(path, {"act": "code", "code": f" {code.token.lower()} "})
    assert right["Location"] == f"{path}?done=proven"
    request.refresh_from_db()
    assert request.proof == "code_by_post"


def test_five_wrong_codes_end_a_code(client):
    request = asked(Right.ACCESS)
    decisions.link(request, CustomerFactory(street="Koekatu 1"), now=timezone.now())
    decisions.send_code(request, now=timezone.now())
    code = Link.objects.get(purpose="code")
    path = path_of(request, "status")
    for _try in range(5):
        client.post(path, {"act": "code", "code": "0000000000"})
    client.post(path, {"act": "code", "code": code.token})
    request.refresh_from_db()
    assert not request.is_proven


def test_a_new_link_to_the_data_is_sent_once_in_five_minutes(client, staff):
    with time_machine.travel(NOW, tick=False) as clock:
        request = answered(staff)
        path, first = path_of(request, "status"), path_of(request, "report")
        client.post(path, {"act": "copy"})
        assert client.get(first).status_code == 200
        clock.shift(timedelta(minutes=6))
        client.post(path, {"act": "copy"})
        client.post(path, {"act": "copy"})
        assert client.get(first).status_code == 404
        assert client.get(path_of(request, "report")).status_code == 200
        assert Letter.objects.filter(kind="answer_access").count() == 2


@pytest.mark.parametrize("done", ["withdrawn", "<b>", "PROVEN", "\x00"])
def test_the_sentence_is_one_of_ours(client, done):
    page = client.get(path_of(asked(Right.ACCESS), "status"), {"done": done}).text
    assert ("You have withdrawn" in page) == (done == "withdrawn")
    assert "<b>" not in page


# --- the data


def test_the_data_are_shown_by_a_button_and_not_before(client, staff):
    """A06: behind a link that ends, and a button that no scanner presses."""
    path = path_of(answered(staff), "report")
    assert "040 000 1234" not in client.get(path).text
    page = client.post(path).text
    for text in ("040 000 1234", "Koekajo", "Vuosihuolto", "Renkaanvaihto", "2026-1"):
        assert text in page


def test_the_data_are_given_as_json_too_as_often_as_wanted(client, staff):
    """A06: a download that failed costs nothing."""
    request = answered(staff)
    path = path_of(request, "report")
    found = [client.post(path, {"format": "json"}) for _time in range(3)]
    assert {response["Content-Type"] for response in found} == {"application/json"}
    name = f'attachment; filename="seloste-{request.number}.json"'
    assert {response["Content-Disposition"] for response in found} == {name}
    (content,) = {response.text for response in found}
    report = copies.unpacked(request.demands.get().report)
    assert json.loads(content) == report


def test_the_page_shows_every_value_of_the_copy(client, staff):
    """A04, A10: what is given is what is held."""
    request = answered(staff)
    page = client.post(path_of(request, "report")).text
    copy = copies.unpacked(request.demands.get().report)

    def values(row):
        yield from (one["value"] for one in row["values"])
        for below in row["rows"]:
            yield from values(below)

    shown = [value for part in copy["sections"] for row in part["rows"] for value in values(row)]
    assert len(shown) > 6
    assert [value for value in shown if value not in page] == []
    assert all(change["label"] in page for one in copy["history"] for change in one["changes"])


@pytest.mark.parametrize(("days", "status"), [(30, 200), (31, 404)])
def test_the_link_to_the_data_lives_thirty_days(client, staff, days, status):
    with time_machine.travel(NOW, tick=False) as clock:
        path = path_of(answered(staff), "report")
        clock.shift(timedelta(days=days) - timedelta(seconds=1))
        assert client.get(path).status_code == status


def test_a_forgotten_copy_is_the_neutral_page(client, staff):
    """P67"""
    request = answered(staff)
    path = path_of(request, "report")
    report = request.demands.get().report
    with because("Test"):
        report.content = None
        report.save()
    # the letters are left, and no copy
    assert 'value="json"' not in client.get(path).text
    assert client.post(path, {"format": "json"})["Content-Type"].startswith("text/html")
    with because("Test"):
        request.forgotten_at = timezone.now()
        request.save()
    assert client.get(path).status_code == client.post(path).status_code == 404


def test_texts_of_strangers_are_only_text(client):
    """Nothing that is typed becomes a tag, on any page."""
    evil = "<script>alert(1)</script>"
    request = RightsRequestFactory()
    with because("Test"):
        Demand.objects.create(request=request, right=Right.OBJECTION, ground=evil)
    LetterFactory(request=request, subject=evil, body=evil)
    link = LinkFactory(request=request)
    page = Client().get(address("status", link.token)).text
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 3
