"""Requests that staff type in: as they came, with their papers, all or nothing (P49, I02)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from notices.terms import ProhibitedUse, ProhibitionScope
from rights_requests.models import OFFERED, Demand, Letter, RightsRequest, Scan
from staff.roles import Role
from tests.factories import CustomerFactory, NoticeFactory
from tests.rights_requests.at_the_desk import QUEUE, RECORD, page_of, said, staff

pytestmark = pytest.mark.django_db
HELSINKI = ZoneInfo("Europe/Helsinki")
PDF, PNG, JPEG = b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"


@pytest.fixture(autouse=True)
def notice(db):
    return NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example")


@pytest.fixture
def handler(notice):
    return staff(Role.HANDLER)


@pytest.fixture
def contact(notice):
    return staff(Role.DATA_PROTECTION_CONTACT)


def form(client, **values):
    """The form as the page gives it, filled in."""
    token = client.get(RECORD).context["form"]["token"].value()
    return {
        "channel": "letter",
        "received_on": f"{timezone.localdate(timezone=HELSINKI)}",
        "language": "fi",
        "name": "Aino Kajo",
        "street": "Koekuja 1",
        "postcode": "00100",
        "city": "Helsinki",
        "access": "on",
        "token": token,
        **values,
    }


def file(name, content):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def kept(settings, tmp_path):
    """Gives the private files: in a folder of the test's own, as tests run beside each other."""
    settings.DATA_DIR = tmp_path
    settings.STORAGES = {**settings.STORAGES}  # makes each storage anew
    return lambda: set(tmp_path.glob("private/*"))


def errors(response):
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


def test_a_letter_is_recorded_with_its_day_and_the_same_flow_begins(handler):
    """P49, P62, I02, T08"""
    three_days_ago = timezone.localdate(timezone=HELSINKI) - timedelta(days=3)
    response = handler.post(
        RECORD, form(handler, received_on=f"{three_days_ago}", erasure="on"), follow=True
    )
    asked = RightsRequest.objects.get()
    assert said(response) == [f"Recorded under number {asked.number}."]
    assert (asked.channel, asked.language, asked.name) == ("letter", "fi", "Aino Kajo")
    assert asked.received_at == datetime.combine(
        three_days_ago, datetime.min.time(), HELSINKI
    ) + timedelta(hours=12)
    assert asked.recorded_by.role == Role.HANDLER
    assert {demand.right for demand in asked.demands.all()} == {"access", "erasure"}
    kinds = set(Letter.objects.filter(request=asked).values_list("kind", "medium"))
    assert kinds == {("receipt", "post"), ("staff_arrival", "email")}


def test_what_comes_today_came_now_and_tomorrow_is_no_day_of_arrival(handler):
    """T08, T09: the day is Helsinki's, where it is already the first of September."""
    with time_machine.travel(datetime(2026, 8, 31, 21, 30, tzinfo=ZoneInfo("UTC")), tick=False):
        handler = staff(Role.HANDLER)
        assert form(handler)["received_on"] == "2026-09-01"
        response = handler.post(RECORD, form(handler, received_on="2026-09-02"))
        assert errors(response) == {"received_on": ["This day is in the future."]}
        response = handler.post(RECORD, form(handler, received_on="1926-09-01"))
        assert errors(response) == {"received_on": ["Check the year."]}
        handler.post(RECORD, form(handler))
        asked = RightsRequest.objects.get()
        assert asked.received_at == timezone.now()
        assert asked.demands.get().due_on == date(2026, 10, 1)


def test_a_form_on_the_web_cannot_be_typed_in_as_such(handler):
    response = handler.post(RECORD, form(handler, channel="form"))
    assert list(errors(response)) == ["channel"]


def test_a_letter_that_gives_no_ground_is_taken_all_the_same(handler):
    """P56, T07: the clock runs, nothing pauses it."""
    handler.post(RECORD, form(handler, access="", rectification="on"))
    demand = Demand.objects.get()
    assert (demand.right, demand.items.count()) == ("rectification", 0)
    assert demand.due_on


def test_each_right_brings_what_was_said_about_it_and_no_other(handler):
    handler.post(
        RECORD,
        form(
            handler,
            rectification="on",
            objection="on",
            prohibition="on",
            **{
                "items": "3",
                "item-1-datum": "Koekatu",
                "item-1-wanted": "Koetie",
                "item-1-ground": "Muutin.\r\nEilen.",
                "item-3-category": "phone",
                "objection-ground": "Turvakielto",
                "restriction-restriction_ground": "accuracy",
                "prohibition-scopes": ["direct_marketing", "publication"],
                "prohibition-uses": ["processing"],
            },
        ),
    )
    told = {demand.right: demand for demand in Demand.objects.all()}
    assert set(told) == {"access", "rectification", "objection", "prohibition"}
    first, second = told["rectification"].items.all()
    assert (first.category, first.ground) == ("", "Muutin.\nEilen.")
    assert (second.category, second.ground) == ("phone", "")
    assert told["objection"].ground == "Turvakielto"
    assert told["access"].ground == ""
    assert told["prohibition"].scopes == ["direct_marketing", "publication"]


def test_the_data_that_a_letter_names_are_recorded(handler):
    """S08"""
    named = {"erasure-categories": ["phone"], "restriction-categories": ["website", "email"]}
    handler.post(RECORD, form(handler, access="", erasure="on", restriction="on", **named))
    told = {demand.right: demand.categories for demand in Demand.objects.all()}
    assert told == {"erasure": ["phone"], "restriction": ["email", "website"]}


def test_a_prohibition_by_phone_works_at_once(handler):
    """P15, M01: no proof, no reason, in force when it is saved."""
    customer = CustomerFactory(phone="040 123 4567")
    CustomerFactory(phone="040 765 4321")
    handler.post(
        RECORD,
        form(
            handler,
            channel="phone",
            name="",
            street="",
            postcode="",
            city="",
            phone="+358401234567",
            access="",
            prohibition="on",
            **{
                "prohibition-scopes": ProhibitionScope.values,
                "prohibition-uses": ProhibitedUse.values,
            },
        ),
    )
    assert customer.prohibitions().count() == 12
    assert RightsRequest.objects.get().closed_at


def test_a_prohibition_without_an_address_or_with_nothing_forbidden_is_not_taken(handler):
    """M01: it would be in force for nobody, and closed."""
    sent = form(handler, access="", prohibition="on", street="", postcode="", city="")
    response = handler.post(
        RECORD, sent | {"prohibition-scopes": ["publication"], "prohibition-uses": ["processing"]}
    )
    assert list(errors(response)) == ["email"]
    response = handler.post(RECORD, sent)
    assert set(errors(response)) == {"prohibition-scopes", "prohibition-uses"}
    assert not RightsRequest.objects.exists()


@pytest.mark.parametrize(
    ("postcode", "country", "fine"),
    [
        ("FI-00100", "", True),
        ("00100", "Finland", True),
        ("114 56", "Sverige", True),
        ("114 56", "Koemaa", True),
        ("SE-114 56", "", True),
        ("114 56", "", False),
        ("114 56", "Suomi", False),
        ("0010", "", False),
    ],
)
def test_a_postcode_is_judged_as_a_customers(handler, postcode, country, fine):
    """P52, M11: a prohibition would meet nobody else."""
    sent = form(handler, postcode=postcode, country=country)
    response = handler.post(RECORD, sent)
    assert RightsRequest.objects.exists() == fine
    if not fine:
        assert list(errors(response)) == ["postcode"]


@pytest.mark.parametrize("proof", ["signature", "in_person"])
def test_a_proof_that_was_seen_is_recorded_with_the_request(contact, proof):
    """P51: a signed letter asks for nothing more."""
    response = contact.post(RECORD, form(contact, proof=proof))
    assert errors(response) == {"evidence": ["Say what was seen."]}
    response = contact.post(RECORD, form(contact, proof=proof, evidence="131052-308T"))
    assert list(errors(response)) == ["evidence"]
    contact.post(RECORD, form(contact, proof=proof, evidence="signed letter"))
    asked = RightsRequest.objects.get()
    assert (asked.proof, asked.evidence) == (proof, "signed letter")
    assert asked.identified_by == asked.recorded_by


def test_a_handler_records_no_proof(handler):
    """P47: who asks is for those to judge who decide."""
    assert 'name="proof"' not in handler.get(RECORD).text
    handler.post(RECORD, form(handler, proof="in_person", evidence="driving licence"))
    asked = RightsRequest.objects.get()
    assert (asked.is_proven, asked.evidence) == (False, "")


@pytest.mark.parametrize(
    ("changed", "faulty"),
    [
        ({"access": ""}, "__all__"),
        ({"name": "", "street": ""}, "name"),
        ({"email": "aino"}, "email"),
        ({"name": "Aino 131052-308T"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"portability-transfer_to": "131052-308T"}, "portability-transfer_to"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(handler, changed, faulty):
    sent = form(handler, city="Aivan Oma Kylä", **{"objection-ground": "Turvakielto"}) | changed
    response = handler.post(RECORD, sent)
    assert list(errors(response)) == [faulty]
    assert "Aivan Oma Kylä" in response.text
    assert "Turvakielto" in response.text
    assert not RightsRequest.objects.exists()


def test_pressing_twice_makes_one_request(handler):
    sent = form(handler)
    first, second = (handler.post(RECORD, sent) for _press in range(2))
    asked = RightsRequest.objects.get()
    assert first["Location"] == second["Location"] == page_of(asked)
    assert Letter.objects.filter(kind="receipt").count() == 1


def test_the_same_form_with_other_words_is_another_request_after_one_more_press(handler):
    """Nobody's letter is lost by going back and typing the next one over it."""
    sent = form(handler)
    handler.post(RECORD, sent)
    first = RightsRequest.objects.get()
    response = handler.post(RECORD, sent | {"name": "Eero Muu"})
    assert f"as request {first.number}, with other contents" in errors(response)["__all__"][0]
    assert "Eero Muu" in response.text
    assert RightsRequest.objects.count() == 1
    token = response.context["form"]["token"].value()
    assert f'value="{token}"' in response.text
    handler.post(RECORD, sent | {"name": "Eero Muu", "token": token})
    assert {asked.name for asked in RightsRequest.objects.all()} == {"Aino Kajo", "Eero Muu"}


def test_other_papers_are_other_contents_and_are_asked_for_again(handler):
    sent = form(handler)

    def press(content):
        return handler.post(RECORD, sent | {"scans": [file("a.pdf", content)]})

    assert press(PDF).status_code == press(PDF).status_code == 302
    response = press(PDF + b"other")
    assert errors(response)["scans"] == ["Choose the files again: browsers do not keep them."]
    assert Scan.objects.count() == 1


def test_forms_without_a_token_are_requests_of_their_own(handler):
    for name in ("Aino Kajo", "Eero Muu"):
        assert handler.post(RECORD, form(handler, name=name, token="")).status_code == 302
    assert RightsRequest.objects.count() == 2


def test_what_is_ticked_twice_is_forbidden_once(handler):
    """M01"""
    twice = {
        "prohibition-scopes": ["publication", "direct_marketing", "publication"],
        "prohibition-uses": ["processing", "processing"],
    }
    handler.post(RECORD, form(handler, access="", prohibition="on", **twice))
    demand = Demand.objects.get()
    assert (demand.scopes, demand.uses) == (["direct_marketing", "publication"], ["processing"])


# --- papers


def test_papers_are_kept_encrypted_under_names_that_tell_nothing(handler, kept):
    """I02, P32"""
    papers = [file("aino.pdf", PDF + b"Salainen"), file("x.png", PNG), file("y", JPEG)]
    handler.post(RECORD, form(handler, scans=papers))
    rows = Scan.objects.order_by("pk")
    assert [row.content_type for row in rows] == ["application/pdf", "image/png", "image/jpeg"]
    files = kept()
    assert {path.name for path in files} == {row.file for row in rows}
    assert not [path for path in files if "aino" in path.name or b"Salainen" in path.read_bytes()]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.pdf", b"<script>alert(1)</script>", "a.pdf is no PDF, JPEG or PNG."),
        ("a.pdf", b"", "a.pdf is no PDF, JPEG or PNG."),
        ("a.pdf", b" %PDF-1.7", "a.pdf is no PDF, JPEG or PNG."),
        ("big.pdf", PDF + b"0" * (10 * 1024 * 1024), "big.pdf is larger than 10 MB."),
    ],
)
def test_a_file_is_judged_by_what_it_is_and_not_by_its_name(handler, kept, name, content, fault):
    good = file("good.pdf", PDF)
    response = handler.post(RECORD, form(handler, scans=[good, file(name, content)]))
    assert errors(response)["scans"][0] == fault
    assert kept() == set()
    assert not RightsRequest.objects.exists()


def test_ten_megabytes_exactly_are_taken(handler):
    content = PDF + b"0" * (10 * 1024 * 1024 - len(PDF))
    handler.post(RECORD, form(handler, scans=[file("a.pdf", content)]))
    assert Scan.objects.count() == 1


def test_after_a_fault_elsewhere_the_page_asks_for_the_files_again(handler):
    response = handler.post(RECORD, form(handler, name="", street="", scans=[file("a.pdf", PDF)]))
    assert errors(response)["scans"] == ["Choose the files again: browsers do not keep them."]


def test_when_the_request_is_not_stored_its_papers_are_gone_too(handler, kept, monkeypatch):
    """All or nothing: no file lies about that no row leads to."""
    create = Scan.objects.create

    def fails_at_the_second(**columns):
        if Scan.objects.exists():
            raise RuntimeError
        return create(**columns)

    monkeypatch.setattr(Scan.objects, "create", fails_at_the_second)
    sent = form(handler, scans=[file("a.pdf", PDF), file("b.pdf", PDF)])
    with pytest.raises(RuntimeError):
        handler.post(RECORD, sent)
    assert kept() == set()
    assert not RightsRequest.objects.exists()
    assert not Scan.objects.exists()


def test_before_a_notice_is_in_force_nothing_is_recorded():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rights_requests.admin.requests.governing_notice", lambda: None)
        response = staff(Role.HANDLER).get(RECORD, follow=True)
    assert said(response) == ["No privacy notice is in force, so nothing can be recorded yet."]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ACCOUNTING, Role.ADMINISTRATOR])
def test_nobody_else_records_a_request(handler, role):
    client = staff(role)
    assert client.get(RECORD).status_code == 403
    assert client.post(RECORD, form(handler)).status_code == 403
    assert not RightsRequest.objects.exists()


def test_every_right_offered_can_be_typed_in(handler):
    """I01, P62"""
    offered = list(OFFERED)
    sent = form(handler, **dict.fromkeys(offered, "on"))
    sent |= {"prohibition-scopes": ["publication"], "prohibition-uses": ["disclosure"]}
    handler.post(RECORD, sent)
    assert [demand.right for demand in Demand.objects.order_by("pk")] == offered
    assert RightsRequest.objects.get().number in handler.get(QUEUE).text
