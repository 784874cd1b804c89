"""The desk: what waits today, the queue, and everything about one request on its page."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from audit.reasons import because
from benchmarks.queue import fill
from rights_requests import decisions
from rights_requests.deadlines import received_on
from rights_requests.models import OFFERED, Letter, Link, LinkPurpose, Proof
from staff.roles import Role
from tests.factories import (
    CustomerFactory,
    InformationDutyFactory,
    InvoiceFactory,
    LetterFactory,
    NoticeFactory,
    RightsRequestFactory,
    ScanFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import LETTERS, QUEUE, ask, page_of, said, staff

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")
LONG_AGO = timedelta(days=40)
BUT_A_PROHIBITION = [right for right in OFFERED if right != "prohibition"]


@pytest.fixture(autouse=True)
def notice(db):
    return NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example")


@pytest.fixture
def contact(notice):
    return staff(Role.DATA_PROTECTION_CONTACT)


@pytest.fixture
def handler(notice):
    return staff(Role.HANDLER)


@pytest.fixture
def aino(notice):
    return CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")


def numbers(client, address=QUEUE, **query):
    """The numbers in the queue, from the top."""
    return [row.number for row in client.get(address, query).context["cl"].result_list]


# --- today


def tiles(client):
    page = client.get(INDEX).text
    found = page.split('<ul class="tiles">')[-1].split("</ul>")[0].split("<li")[1:]
    return {
        tile.split("<span>")[1].split("</span>")[0]: int(
            tile.split("<strong>")[1].split("</strong>")[0]
        )
        for tile in found
    }


def test_a_quiet_day_is_one_calm_sentence(handler):
    page = handler.get(INDEX).text
    assert "Nothing is waiting" in page
    assert "tiles" not in page


def test_today_counts_what_waits_and_leads_to_it(contact, aino):
    """T11: late and due soon are told apart."""
    now = timezone.now()
    late = ask("access", now=now - LONG_AGO, customer=aino, proof="in_person")
    soon = ask("access", now=now - timedelta(days=27), proof="in_person")
    unproven = ask("access")
    waiting = ask("erasure", customer=aino, proof="in_person")
    InvoiceFactory(customer=aino)
    LetterFactory(failed_at=now, fault="Lost")
    LetterFactory(medium="post")
    InformationDutyFactory(inform_by_on=received_on(now))
    InformationDutyFactory(inform_by_on=received_on(now) - timedelta(days=1))
    # those of the two old requests: receipt, and note to the contact person
    assert Letter.objects.filter(written_at__lt=now - timedelta(hours=1)).count() == 4

    assert tiles(contact) == {
        "Late": 1,
        "Due within 7 days": 1,
        # the two requests of the letters made above are nobody's proof either
        "Not proven": 3,
        "Waiting for a fact": 1,
        "Letters not delivered": 1,
        "Letters waiting over an hour": 4,
        "Letters to post": 1,
        # art. 19: test_notifying.py has some
        "Recipients and sources to be told": 0,
        # T12
        "To be told of data from others": 2,
        "Told too late": 1,
    }
    assert numbers(contact, state="overdue") == [late.number]
    assert numbers(contact, state="due") == [soon.number]
    assert unproven.number in numbers(contact, state="unproven")
    assert numbers(contact, state="waiting") == [waiting.number]


def test_the_front_page_is_not_calm_while_no_letter_leaves(contact):
    """I13: a prohibition is closed at once, and its letters wait for a worker that is gone."""
    calm = "Nothing is waiting"
    assert calm in contact.get(INDEX).text
    ask("prohibition", now=timezone.now() - timedelta(minutes=61))
    page = contact.get(INDEX).text
    assert calm not in page
    assert 'class="alarm"' in page
    assert f"{LETTERS}?state=overdue" in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ACCOUNTING, Role.ADMINISTRATOR])
def test_nobody_else_sees_that_there_are_requests(role):
    ask("access")
    client = staff(role)
    assert "Requests today" not in client.get(INDEX).text
    assert client.get(QUEUE).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_today_takes_as_many_queries_however_much_waits(
    contact, count, django_assert_max_num_queries
):
    with django_assert_max_num_queries(23) as first:
        contact.get(INDEX)
    for _one in range(count):
        ask("access", "erasure")
    with django_assert_max_num_queries(len(first)):
        contact.get(INDEX)


# --- the queue


def test_the_soonest_due_is_first_and_only_open_ones_are_shown(contact):
    """I02: in the order in which the law wants them answered."""
    now = timezone.now()
    young = ask("access")
    old = ask("access", now=now - timedelta(days=20))
    closed = ask("prohibition")
    assert numbers(contact) == [old.number, young.number]
    assert numbers(contact, state="closed") == [closed.number]
    assert numbers(contact, state="all") == [old.number, young.number, closed.number]
    assert numbers(contact, state="nonsense") == [old.number, young.number]


def test_a_late_request_says_by_how_much_and_what_to_do(contact):
    ask("access", now=timezone.now() - LONG_AGO)
    page = contact.get(QUEUE).text
    assert "late by" in page
    assert "Wait for the proof" in page


def test_the_queue_marks_a_request_whose_own_target_has_passed(contact):
    """P57, T11, T06: a correction after 7 days, all else after 14; none that is late by the law, is
    decided, or whose clock stands still."""
    today = received_on(timezone.now())

    def came(right, days):
        return ask(right, now=timezone.now() - timedelta(days=days))

    correction, access = came("rectification", 9), came("access", 16)
    came("access", 9)
    came("access", 40)
    came("prohibition", 16)
    paused = came("access", 16).demands.get()
    paused.due_on = None
    with because("Test"):
        paused.save()
    rows = contact.get(QUEUE, {"state": "all"}).text.split('class="field-number_of')[1:]
    marked = {row for row in rows if "Our own target was" in row}
    assert len(rows) == 6
    assert {row.split("/change/")[0].split("/")[-1] for row in marked} == {
        correction.number,
        access.number,
    }
    passed = date_format(today - timedelta(days=2), "SHORT_DATE_FORMAT")
    assert all(f'<strong class="late">Our own target was {passed}.</strong>' in a for a in marked)


def test_the_target_of_a_late_queue_takes_no_query_for_a_row(contact):
    """P57"""
    queries = []
    for _time in range(2):
        ask("rectification", "access", now=timezone.now() - timedelta(days=20))
        contact.get(QUEUE)
        with CaptureQueriesContext(connection) as asked:
            assert "Our own target was" in contact.get(QUEUE).text
        queries.append(len(asked))
    assert queries[0] == queries[1]


@pytest.mark.parametrize("words", ["äijä", "ÄIJÄLÄ", "aija@KOE", "aijala"])
def test_a_request_is_found_by_name_or_mail_and_no_address_tells_whom(contact, words):
    wanted = ask("access", name="Åke Äijälä", email="aija@koe.example")
    ask("access", name="Eero Muu", email="eero@koe.example")
    result = contact.post(QUEUE, {"q": words})
    assert words.lower() not in result["Location"].lower()
    assert numbers(contact, QUEUE + result["Location"]) == [wanted.number]


def test_a_number_finds_that_request_alone_even_when_it_is_closed(contact):
    first = ask("prohibition")
    for _one in range(10):
        ask("access")
    result = contact.post(QUEUE, {"q": first.number})
    assert numbers(contact, QUEUE + result["Location"]) == [first.number]


def test_a_column_cannot_be_guessed_through_the_address(contact):
    ask("access")
    assert contact.get(QUEUE, {"email__startswith": "a"}).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_as_many_queries_however_long_it_is(
    contact, count, django_assert_num_queries
):
    for number in range(count):
        customer = CustomerFactory(email=f"aino{number}@koe.example")
        ask("access", "erasure", customer=customer, proof="in_person")
        InvoiceFactory(customer=customer)
    contact.get(QUEUE)
    with django_assert_num_queries(15):
        contact.get(QUEUE)


def test_the_queue_with_ten_thousand_open_requests_takes_as_many_queries_as_with_ten(contact):
    """The benchmark compares the times."""
    queries = []
    for count in (10, 10_000):
        fill(count)
        contact.get(QUEUE)
        with CaptureQueriesContext(connection) as asked:
            page = contact.get(QUEUE)
        queries.append(len(asked))
        assert page.status_code == 200
        assert "Aino Koekajo" in page.text
    assert queries[1] <= queries[0]


def test_an_unpaid_invoice_is_the_next_step_of_its_own_request_only(contact, aino):
    """E04"""
    ask("erasure", customer=aino, proof="in_person")
    InvoiceFactory(customer=aino)
    other = CustomerFactory(email="eero@koe.example")
    ask("erasure", customer=other, proof="in_person")
    steps = [cell.split("</td>")[0] for cell in contact.get(QUEUE).text.split("field-next_of")[1:]]
    assert [("invoice" in step) for step in steps] == [False, True]


# --- the page


def test_the_page_tells_everything_and_escapes_the_person_s_words(contact):
    """P49, T10"""
    asked = ask("rectification", name="<b>Aino</b>", street="Koekuja 1", postcode="00100")
    with because("Test"):
        demand = asked.demands.get()
        demand.items.create(datum="<script>alert(1)</script>", wanted="Rivi\nToinen")
    page = contact.get(page_of(asked)).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Rivi<br>Toinen" in page
    assert "&lt;b&gt;Aino&lt;/b&gt;" in page
    for words in (
        "Koekuja 1",
        "The request came on",
        "The last day to answer is",
        "form on the web",
    ):
        assert words in page


@pytest.mark.parametrize(("days", "is_behind"), [(2, False), (9, True)])
def test_the_page_tells_our_own_target_beside_the_last_day(contact, days, is_behind):
    """P57, T11: 7 days for a correction, 14 for all else, and marked once it has passed."""
    now = timezone.now()
    asked = ask("rectification", "access", now=now - timedelta(days=days))
    page = contact.get(page_of(asked)).text
    came = asked.received_on
    soon, later = (date_format(came + timedelta(days=n), "SHORT_DATE_FORMAT") for n in (7, 14))
    assert f"Our own target: {later}" in page
    marked = f'<strong class="late">Our own target was {soon}.</strong>'
    assert (marked in page) is is_behind
    assert (f"Our own target: {soon}" in page) is not is_behind
    with because("Test"):
        decisions.refuse(
            asked.demands.get(right="rectification"),
            by=UserFactory(),
            now=now,
            ground=decisions.grounds_for("rectification")[0],
            refused_what="All.",
            reasons="Nobody showed who asks.",
            until="Until it is shown.",
        )
    page = contact.get(page_of(asked)).text
    assert soon not in page.split("Our own target")[1]
    assert page.count("Our own target") == 1


@pytest.mark.parametrize(
    "address", ["1", "2026-", "2026-99", "%00", "٢٠٢٦-١", "02026-1", "2026-01"]
)
def test_only_the_number_itself_opens_a_request(contact, address):
    asked = ask("access")
    assert asked.number == f"{asked.year}-1"
    response = contact.get(f"/admin/rights_requests/rightsrequest/{address}/change/")
    assert (response.status_code, response["Location"]) == (302, INDEX)


def test_a_handler_reads_the_page_and_is_offered_no_decision(handler, aino):
    """P47: deciding is the data protection contact's."""
    asked = ask("access", "erasure", proof="in_person", customer=aino)
    page = handler.get(page_of(asked)).text
    assert "Aino Kajo" in page
    for act in ("grant", "refuse", "extend", "customer", "proof", "copy", "withdraw"):
        assert f"{asked.number}/{act}/" not in page
        assert f"/access/{act}/" not in page
    for act in ("customer", "proof", "proof_link", "proof_code", "proof_code_given", "withdraw"):
        assert handler.post(page_of(asked, act)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_however_much_it_shows(
    contact, aino, count, django_assert_max_num_queries
):
    asked = ask("access", "rectification", proof="in_person", customer=aino)
    contact.get(page_of(asked))
    with django_assert_max_num_queries(40) as first:
        contact.get(page_of(asked))
    for _one in range(count):
        LetterFactory(request=asked)
        ScanFactory(request=asked)
    with django_assert_max_num_queries(len(first)):
        contact.get(page_of(asked))


@pytest.mark.parametrize("is_found", [True, False])
def test_the_page_takes_as_many_queries_however_many_rights_are_asked(
    contact, aino, is_found, django_assert_max_num_queries
):
    customer = aino if is_found else None
    # each of these is decided in its own way, and looks for what stops it
    few = ask("erasure", "anonymisation", "objection", customer=customer, proof="in_person")
    many = ask(*BUT_A_PROHIBITION, customer=customer, proof="in_person")
    contact.get(page_of(few))
    with django_assert_max_num_queries(77) as first:
        contact.get(page_of(few))
    with django_assert_max_num_queries(len(first)):
        contact.get(page_of(many))


def test_a_customer_s_page_lists_the_requests_of_that_person_to_those_who_may_see_them(aino):
    asked = ask("access", customer=aino)
    other = ask("access", customer=CustomerFactory())
    page = reverse("admin:register_customer_change", args=[aino.reference])
    shown = staff(Role.HANDLER).get(page).text
    assert page_of(asked) in shown
    assert page_of(other) not in shown
    assert page_of(asked) not in staff(Role.VIEWER).get(page).text


# --- papers


@pytest.fixture
def paper():
    """A request with a paper, and the paper's content."""
    asked, content = ask("access"), b"%PDF-1.7 Salainen"
    name = storages["private"].save("x", ContentFile(content))
    ScanFactory(request=asked, file=name)
    return asked, content, name


def scan_of(asked, place):
    return reverse("admin:rights_requests_rightsrequest_scan", args=[asked.number, place])


def test_a_paper_is_decrypted_for_who_may_see_it_and_saved_under_its_number(handler, paper):
    """I02: the copy is kept, and its name and place stay inside."""
    asked, content, name = paper
    response = handler.get(scan_of(asked, 1))
    assert response.content == content
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{asked.number}-1.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"Salainen" not in Path(storages["private"].path(name)).read_bytes()
    assert name not in handler.get(page_of(asked)).text


@pytest.mark.parametrize("place", [0, 2, 10**30])
def test_a_place_without_a_paper_opens_nothing(handler, paper, place):
    ScanFactory(request=ask("access"), file="")
    assert handler.get(scan_of(paper[0], place)).status_code == 404


def test_an_erased_paper_is_gone_and_said_to_be(handler):
    asked = ScanFactory(request=RightsRequestFactory(), file="").request
    assert handler.get(scan_of(asked, 1)).status_code == 404
    assert "Erased" in handler.get(page_of(asked)).text


# --- who is it?


def test_a_customer_is_suggested_with_the_reason_and_chosen_by_a_person(contact, aino):
    """P47: nothing is linked by itself."""
    CustomerFactory(given_name="Eero", family_name="Muu", email="eero@koe.example")
    asked = ask("access")
    assert asked.customer is None
    page = contact.get(page_of(asked)).text
    assert "same e-mail" in page
    assert "Eero" not in page
    response = contact.post(page_of(asked, "customer"), {"customer": aino.reference}, follow=True)
    asked.refresh_from_db()
    assert asked.customer == aino
    assert said(response) == ["Chosen: Aino Kajo"]


def test_words_that_fit_several_are_told_on_the_page_and_kept_in_the_box(contact, aino):
    CustomerFactory(given_name="Aino", family_name="Halla")
    asked = ask("access", email="toinen@koe.example")
    page = contact.post(page_of(asked, "customer"), {"customer": "aino"}).text
    assert "Several fit" in page
    assert 'value="aino"' in page
    asked.refresh_from_db()
    assert asked.customer is None


def test_a_wrong_choice_is_taken_back(contact, aino):
    asked = ask("access", customer=aino)
    contact.post(page_of(asked, "customer"), {"nobody": "1"})
    asked.refresh_from_db()
    assert asked.customer is None


def test_after_a_grant_the_customer_cannot_be_changed(contact, aino):
    """The copy went to this person's requester: the choice is part of the decision."""
    asked = ask("access", "erasure", customer=aino, proof="in_person")
    decisions.grant(asked.demands.get(right="access"), by=UserFactory(), now=timezone.now())
    response = contact.post(page_of(asked, "customer"), {"nobody": "1"}, follow=True)
    assert said(response) == ["This can no longer be done to this request."]
    with pytest.raises(decisions.AlreadyDecided):
        decisions.link(asked, None, now=timezone.now())
    asked.refresh_from_db()
    assert asked.customer == aino


def test_differences_between_request_and_register_are_marked_in_words(contact):
    customer = CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        email="AINO@koe.example",
        phone="040 123 4567",
        street="Vanhakuja 1",
        postcode="00100",
        city="Helsinki",
    )
    asked = ask("access", customer=customer, phone="+358 40 1234567", street="Uusikuja 2")
    compared = {row.label: row.differs for row in contact.get(page_of(asked)).context["compared"]}
    assert compared == {
        "Name": False,
        "E-mail": False,
        "Phone": False,
        "Street address": True,
        "Postcode": False,
        "City": False,
    }
    assert "≠ differs" in contact.get(page_of(asked)).text


def test_a_prohibition_spreads_to_the_register_s_addresses_when_the_person_is_found(contact, aino):
    """M01, P52: closed as it came, and still linked."""
    asked = ask("prohibition", email="toinen@koe.example")
    assert asked.closed_at
    with because("Test"):
        demand = asked.demands.get()
        demand.scopes, demand.uses = ["direct_marketing"], ["processing"]
        demand.save()
    assert list(aino.prohibitions()) == []
    contact.post(page_of(asked, "customer"), {"customer": aino.reference})
    assert aino.prohibitions().count() == 1


# --- proof


def test_what_was_seen_is_recorded_with_who_saw_it(contact):
    """I05, I06: no copy, no identity code."""
    asked = ask("access")
    address = page_of(asked, "proof")
    page = contact.post(address, {"proof": "in_person", "evidence": "131052-308T"}).text
    assert "looks like a personal identity code" in page
    page = contact.post(address, {"proof": "in_person", "evidence": ""}).text
    assert "Fill this in." in page
    page = contact.post(address, {"proof": "proven_email", "evidence": "I say so"}).text
    assert "Select a valid choice" in page
    asked.refresh_from_db()
    assert not asked.is_proven
    contact.post(address, {"proof": "in_person", "evidence": "driving licence"})
    asked.refresh_from_db()
    assert (asked.proof, asked.evidence) == (Proof.IN_PERSON, "driving licence")
    assert asked.identified_by.role == Role.DATA_PROTECTION_CONTACT


def test_a_new_link_ends_the_one_before(contact):
    """I04"""
    asked = ask("access")
    old = Link.objects.get(request=asked, purpose=LinkPurpose.PROOF)
    contact.post(page_of(asked, "proof_link"))
    now = timezone.now()
    assert Link.objects.by_token(LinkPurpose.PROOF, old.token, now=now) is None
    assert asked.letters.filter(kind="proof").count() == 1


def test_a_code_goes_to_the_address_of_the_register_and_proves_when_it_comes_back(contact):
    """A4, I05: wider than the notice's ways, and no paper is asked."""
    customer = CustomerFactory(street="Koekuja 1", postcode="00100", city="Helsinki")
    asked = ask("access", customer=customer, street="Muukuja 9")
    contact.post(page_of(asked, "proof_code"))
    letter = asked.letters.get(kind="code")
    assert letter.to_address.splitlines()[0] == "Koekuja 1"
    made = Link.objects.get(request=asked, purpose=LinkPurpose.CODE)
    assert made.token not in contact.get(page_of(asked)).text
    page = contact.post(page_of(asked, "proof_code_given"), {"code": "WRONG"}).text
    assert "The code is wrong" in page
    contact.post(page_of(asked, "proof_code_given"), {"code": made.token.lower()})
    asked.refresh_from_db()
    assert asked.proof == Proof.CODE_BY_POST


def test_no_code_can_be_sent_where_the_register_has_no_address(contact, aino):
    asked = ask("access", customer=aino)
    assert page_of(asked, "proof_code") not in contact.get(page_of(asked)).text
    response = contact.post(page_of(asked, "proof_code"), follow=True)
    assert said(response) == ["The register has no postal address to send the code to."]


@pytest.mark.parametrize("act", ["proof", "proof_link", "proof_code", "proof_code_given"])
def test_a_closed_request_needs_no_proof(contact, act):
    asked = ask("prohibition")
    response = contact.post(page_of(asked, act), follow=True)
    assert said(response) == ["This can no longer be done to this request."]


# --- withdrawn


def test_a_person_who_calls_withdraws_a_request_too(contact):
    """P47: one press shows what it does, the next one does it."""
    asked = ask("access", "erasure")
    page = contact.get(page_of(asked)).text
    assert page.index("This cannot be undone.") < page.index(page_of(asked, "withdraw"))
    assert contact.get(page_of(asked, "withdraw")).status_code == 405
    response = contact.post(page_of(asked, "withdraw"), follow=True)
    assert said(response) == ["The request is closed as withdrawn."]
    asked.refresh_from_db()
    assert asked.withdrawn_at
    assert asked.letters.filter(kind="withdrawn").count() == 1
    assert page_of(asked, "withdraw") not in response.text
    response = contact.post(page_of(asked, "withdraw"), follow=True)
    assert said(response) == ["This can no longer be done to this request."]
    assert asked.letters.filter(kind="withdrawn").count() == 1


# --- history


def test_history_tells_of_demands_links_and_letters_and_shows_no_secret(contact):
    """Q06"""
    asked = ask("access")
    for made in Link.objects.filter(request=asked):
        page = contact.get(page_of(asked, "history")).text
        assert made.token not in page
        assert made.digest not in page
    assert "Link" in page
    assert "We have received your request" in page
    assert "access" in page
    assert contact.post(page_of(asked, "history")).status_code == 405
