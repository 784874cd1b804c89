"""Masking of other people's data, piece by piece, and the limits of national law (A07, A08)."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from audit.reasons import because
from register.models import Attachment, Consultation, OrderLine
from rights_requests import copies, decisions
from rights_requests.carrying_out import DataChanged
from rights_requests.forgetting import forget_old
from rights_requests.grounds import GROUNDS, grounds_for
from rights_requests.masking import NothingLimited, NotOpen, hand_over, put_mask, take_mask
from rights_requests.models import Handover, Mask, Report, ReportPart
from rights_requests.report.document import stored, whole
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    HandoverFactory,
    MaskFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import act_on, ask, page_of, said, staff
from tests.rights_requests.test_report import PDF, body_of, path_of

pytestmark = pytest.mark.django_db
LONG = "Telling it now would warn the other party."


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True, contact_email="yhteys@koepaja.example")


@pytest.fixture(autouse=True)
def private_files(tmp_path, monkeypatch):
    storage = storages["private"]
    monkeypatch.setattr(storage, "_location", str(tmp_path), raising=False)
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)
    yield
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)


@pytest.fixture
def contact():
    return staff(Role.DATA_PROTECTION_CONTACT)


@pytest.fixture
def aino():
    customer = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    order = OrderFactory(customer=customer, number="T-77")
    OrderLineFactory(order=order, description="Lahja Eero Esimerkille, Koetie 9")
    OrderLineFactory(order=order, description="Vuosihuolto")
    return customer


def asked_by(customer):
    return ask("access", customer=customer, proof="in_person")


def piece_with(client, asked, text):
    """The key of the piece in which `text` stands, as the page lists it."""
    page = client.get(page_of(asked, "masks")).context["page"]
    [found] = [one for one in page.paginator.object_list if text in one.text]
    return found


def address(asked, piece):
    return page_of(asked, "masks") + f"{piece.key}/"


def masked(client, asked, where, **words):
    """Staff mask the piece in which `where` stands; gives what the page said."""
    sent = {"text": "", "reason": "other_person", "explanation": "", "is_told": "on"} | words
    sent = {name: value for name, value in sent.items() if value is not None}
    return client.post(address(asked, piece_with(client, asked, where)), sent, follow=True)


def grant(client, asked):
    form = client.get(act_on(asked, "access", "grant")).context["form"]
    return client.post(act_on(asked, "access", "grant"), dict(form.initial), follow=True)


def given(asked):
    return whole(stored(Report.objects.get(demand__request=asked)))


def lines_of(report):
    [orders] = [one for one in report["sections"] if one["key"] == "order"]
    return [
        one["value"]
        for line in orders["rows"][0]["rows"]
        for one in line["values"]
        if one["key"] == "orderline.description"
    ]


def test_a_piece_is_masked_with_its_reason_and_the_rest_is_given(contact, aino):
    """A07, P59: never all of it, and the mark stands where the text was; a certificate says what is
    kept back, why, and how to complain."""
    asked = asked_by(aino)
    response = masked(contact, asked, "Eero Esimerkille")
    assert said(response) == ["Masked. The copy shows the mark and the reason."]
    assert "Eero Esimerk" not in contact.get(page_of(asked, "copy")).text
    assert said(grant(contact, asked)) == ["Granted: access"]
    report = given(asked)
    assert lines_of(report) == ["[masked: data about another person]", "Vuosihuolto"]
    assert "Eero Esimerk" not in json.dumps(report, ensure_ascii=False)
    [reason] = [one for one in report["chapters"] if one["key"] == "masked"]
    assert reason["items"] == [
        "Order line: description. Data about another person (General Data Protection Regulation, "
        "article 15(4))."
    ]
    assert "Some pieces are masked" in asked.letters.get(kind="answer_access").body
    certificate = asked.letters.get(kind="refusal").body
    assert "- Order line: description: data about another person (General Data" in certificate
    assert "district court" in certificate
    assert "All other data are in your copy." in certificate
    page = body_of(Client().post(path_of(asked))).decode()
    assert "[masked: data about another person]" in page


def test_only_a_part_of_a_text_is_masked_wherever_it_stands_in_it(contact, aino):
    """A07: and in the history of that text too."""
    line = OrderLine.objects.get(description__startswith="Lahja")
    with because("Test"):
        line.description = "Lahja Eero Esimerkille, Koetie 10"
        line.save(collection=CollectionFactory())
    asked = asked_by(aino)
    masked(contact, asked, "Koetie 10", text="Eero Esimerkille")
    grant(contact, asked)
    report = given(asked)
    assert lines_of(report)[0] == "Lahja [masked: data about another person], Koetie 10"
    changes = [
        (change["from"], change["to"])
        for one in report["history"]
        for change in one["changes"]
        if change["key"] == "orderline.description" and "Koetie 10" in change["to"]
    ]
    assert changes == [
        (
            "Lahja [masked: data about another person], Koetie 9",
            "Lahja [masked: data about another person], Koetie 10",
        )
    ]


def test_a_file_is_masked_whole_and_its_name_stays_untold(contact, aino):
    """A07: an attachment may be about somebody else."""
    with because("Test"):
        Attachment(customer=aino, title="Valitus").put(PDF, 1, collection=CollectionFactory())
    asked = asked_by(aino)
    page = contact.get(page_of(asked, "masks")).context["page"]
    [file] = [one for one in page.paginator.object_list if one.is_file]
    sent = {"reason": "confidence", "explanation": "", "is_told": "on"}
    contact.post(address(asked, file), sent)
    grant(contact, asked)
    page = body_of(Client().post(path_of(asked))).decode()
    assert "[masked: told to us by another person in confidence]" in page
    assert "attachment-1.pdf" not in page
    assert not given(asked)["files"]


@pytest.mark.parametrize(
    ("words", "field", "fault"),
    [
        ({"reason": ""}, "reason", "This field is required."),
        ({"text": "Liisa"}, "text", "These words do not stand in the piece."),
        ({"reason": "danger"}, "explanation", "Write at least 15 characters."),
        ({"is_told": None}, "is_told", "This reason is told."),
        ({"explanation": "131052-308T"}, "explanation", "looks like a personal identity code"),
    ],
)
def test_a_mask_without_what_it_needs_is_refused_at_its_field(contact, aino, words, field, fault):
    """A07, A08: each mask has a reason from the list, a limit its words."""
    asked = asked_by(aino)
    response = masked(contact, asked, "Eero Esimerkille", **words)
    assert fault in " ".join(response.context["form"].errors[field])
    assert not Mask.objects.exists()


def test_the_same_mask_twice_is_one(contact, aino):
    """A07: a form that is sent twice."""
    asked = asked_by(aino)
    masked(contact, asked, "Eero Esimerkille")
    masked(contact, asked, "Eero Esimerkille")
    masked(contact, asked, "Eero Esimerkille", text="Koetie 9")
    assert [one.text for one in Mask.objects.all()] == ["", "Koetie 9"]


def test_a_mask_is_taken_away_again_while_access_is_open(contact, aino):
    """A07"""
    asked = asked_by(aino)
    masked(contact, asked, "Eero Esimerkille")
    mask = Mask.objects.get()
    response = contact.post(page_of(asked, "unmask"), {"mask": mask.pk}, follow=True)
    assert said(response) == ["The mask is taken away."]
    grant(contact, asked)
    assert lines_of(given(asked))[0] == "Lahja Eero Esimerkille, Koetie 9"


def test_the_decision_takes_the_masks_that_were_shown_or_none(contact, aino):
    """A07: decision and masks in one transaction; what came in between is looked at first."""
    asked = asked_by(aino)
    form = contact.get(act_on(asked, "access", "grant")).context["form"]
    masked(contact, asked, "Eero Esimerkille")
    response = contact.post(act_on(asked, "access", "grant"), dict(form.initial), follow=True)
    assert said(response) == ["The data have changed meanwhile. Look at them again."]
    assert not Report.objects.exists()
    with pytest.raises(DataChanged):
        decisions.grant(
            asked.demands.get(), by=UserFactory(), now=timezone.now(), masked="something else"
        )
    grant(contact, asked)
    assert lines_of(given(asked))[0].startswith("[masked:")


def test_after_the_decision_nothing_is_masked_and_no_mask_is_taken_away(contact, aino):
    """A07, A09"""
    asked = asked_by(aino)
    piece = piece_with(contact, asked, "Vuosihuolto")
    masked(contact, asked, "Eero Esimerkille")
    grant(contact, asked)
    demand = asked.demands.get()
    mask = Mask.objects.get()
    with pytest.raises(NotOpen):
        take_mask(demand, mask.pk, now=timezone.now())
    with pytest.raises(NotOpen):
        put_mask(
            demand,
            piece,
            text="",
            reason="other_person",
            explanation="",
            is_told=True,
            by=UserFactory(),
            now=timezone.now(),
        )
    response = contact.post(page_of(asked, "unmask"), {"mask": mask.pk}, follow=True)
    assert said(response) == ["Access has been decided. The copy stays as it was given."]


def test_access_is_never_refused_for_other_people_or_the_limits(contact, aino):
    """A07, A08: pieces are masked, and the rest is given (section 34(2))."""
    asked = asked_by(aino)
    form = contact.get(act_on(asked, "access", "refuse")).context["form"]
    offered = {key for key, _label in form.fields["ground"].choices}
    assert offered == {"excessive"}
    partial = [one for one in GROUNDS if one.is_partial]
    assert [one.key for one in partial] == ["rights_of_others", "national_limits"]
    assert not set(partial) & set(grounds_for("access"))


def test_the_pieces_of_somebody_else_are_not_on_the_page(contact, aino):
    """A07: pieces are those of the person who asks, what is mostly the person's own the last."""
    OrderLineFactory(description="Vieraan tilaus")
    page = contact.get(page_of(asked_by(aino), "masks")).context["page"]
    labels = [one.label for one in page.paginator.object_list]
    assert "Order line: description" in labels
    assert labels.index("Order line: description") < labels.index("Customer: given name")
    assert not [one for one in page.paginator.object_list if "Vieraan" in one.text]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_many_pieces(
    contact, aino, count, django_assert_max_num_queries
):
    order = aino.orders.get()
    for _one in range(count):
        OrderLineFactory(order=order)
    asked = asked_by(aino)
    with django_assert_max_num_queries(90):
        contact.get(page_of(asked, "masks"))


def test_masks_are_forgotten_with_the_request():
    """A07, P67: a part that was masked names somebody."""
    mask = MaskFactory(text="Eero Esimerkki", explanation="Name of a neighbour.")
    over = timezone.now() - timedelta(days=4 * 366)
    request = mask.demand.request
    with because("Test"):
        request.received_at = request.recorded_at = request.closed_at = over
        request.save()
    forget_old(now=timezone.now())
    mask.refresh_from_db()
    assert (mask.text, mask.explanation, mask.reason) == ("", "", "other_person")
    assert {one.text for one in Mask.history.all()} == {""}


def test_no_mask_is_deleted():
    """P67: its text would stay in history, where no erasure finds it."""
    with pytest.raises(TypeError), because("Test"):
        MaskFactory().delete()


def test_only_a_limit_of_the_law_keeps_its_reason_untold():
    """A07, A08: in the database too."""
    MaskFactory(reason="danger", is_told=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        MaskFactory(reason="other_person", is_told=False)


# --- section 34


def limited(client, customer, **words):
    """Access of `customer` with one piece limited, granted."""
    asked = asked_by(customer)
    words = {"reason": "security", "explanation": LONG} | words
    masked(client, asked, "Eero Esimerkille", **words)
    grant(client, asked)
    return asked


@pytest.mark.parametrize(("reason", "place"), [("security", 1), ("danger", 2), ("supervision", 3)])
def test_each_limit_of_section_34_is_told_with_its_reasons(contact, aino, reason, place):
    """A08: section 34(1) and (3); the rest is given (2)."""
    report = given(limited(contact, aino, reason=reason))
    [told] = [one for one in report["chapters"] if one["key"] == "masked"]
    assert f"section 34(1), paragraph {place}" in told["items"][0]
    assert LONG in told["items"][0]
    assert "You may ask that what section 34 keeps from you be given" in told["paragraphs"][1]
    assert lines_of(report)[1] == "Vuosihuolto"


def test_the_reason_is_untold_where_telling_would_endanger_what_it_is_for(contact, aino):
    """A08: section 34(3)."""
    asked = limited(contact, aino, is_told=None)
    said_to_person = json.dumps(given(asked), ensure_ascii=False)
    assert LONG not in said_to_person
    assert "national security" not in said_to_person
    assert "[not given: Data Protection Act, section 34]" in said_to_person
    assert "Ombudsman" in asked.letters.get(kind="answer_access").body


def test_at_the_person_s_request_the_ombudsman_gets_what_was_kept_back(contact, aino):
    """A08: section 34(4): a package, a record with its day, and a line in the log."""
    with because("Test"):
        Attachment(customer=aino, title="Ilmoitus").put(PDF, 1, collection=CollectionFactory())
    asked = asked_by(aino)
    masked(contact, asked, "Eero Esimerkille", reason="danger", explanation=LONG)
    page = contact.get(page_of(asked, "masks")).context["page"]
    [file] = [one for one in page.paginator.object_list if one.is_file]
    sent = {"reason": "danger", "explanation": LONG}
    contact.post(address(asked, file), sent)
    grant(contact, asked)
    assert "Hand to the Ombudsman" in contact.get(page_of(asked)).text
    looks = Consultation.objects.count()
    response = contact.get(page_of(asked, "handover_package"))
    with zipfile.ZipFile(io.BytesIO(body_of(response))) as archive:
        withheld = json.loads(archive.read("withheld.json"))
        assert archive.read("withheld/attachment-1.pdf") == PDF
        assert "Eero" not in archive.read("report.json").decode()
    assert [(one["what"], one["text"]) for one in withheld] == [
        ("Order line: description", "Lahja Eero Esimerkille, Koetie 9"),
        ("Attachment: file", "attachment-1.pdf"),
    ]
    assert Consultation.objects.count() > looks
    today = timezone.localdate()
    sent = {"asked_on": today.isoformat(), "note": "Turvaposti"}
    response = contact.post(page_of(asked, "handover"), sent, follow=True)
    assert said(response) == ["Recorded: handed to the Ombudsman."]
    done = Handover.objects.get()
    assert (done.asked_on, done.handed_on, done.note) == (today, today, "Turvaposti")
    assert done.history.count() == 1
    assert "handed to the Ombudsman on" in response.text


def test_a_handover_is_recorded_once(contact, aino):
    """A08"""
    asked = limited(contact, aino)
    demand = asked.demands.get()
    words = {"asked_on": timezone.localdate(), "by": UserFactory(), "now": timezone.now()}
    first = hand_over(demand, note="Turvaposti", **words)
    assert hand_over(demand, note="Uudestaan", **words) == first
    assert Handover.objects.get().note == "Turvaposti"


def test_where_nothing_is_limited_nothing_is_handed_over(contact, aino):
    """A08"""
    asked = asked_by(aino)
    masked(contact, asked, "Eero Esimerkille")
    grant(contact, asked)
    assert "Hand to the Ombudsman" not in contact.get(page_of(asked)).text
    assert contact.get(page_of(asked, "handover")).status_code == 404
    assert contact.get(page_of(asked, "handover_package")).status_code == 404
    with pytest.raises(NothingLimited):
        hand_over(
            asked.demands.get(),
            asked_on=timezone.localdate(),
            note="x",
            by=UserFactory(),
            now=timezone.now(),
        )


def test_a_day_that_has_not_come_is_no_day_of_asking(contact, aino):
    """A08"""
    asked = limited(contact, aino)
    tomorrow = timezone.localdate() + timedelta(days=1)
    sent = {"asked_on": tomorrow.isoformat(), "note": "Turvaposti"}
    response = contact.post(page_of(asked, "handover"), sent)
    assert "This day is in the future." in str(response.context["form"].errors)


def test_a_handover_is_forgotten_with_the_request():
    """A08, D04r"""
    done = HandoverFactory()
    over = timezone.now() - timedelta(days=4 * 366)
    request = done.demand.request
    with because("Test"):
        request.received_at = request.recorded_at = request.closed_at = over
        request.save()
    forget_old(now=timezone.now())
    done.refresh_from_db()
    assert done.note == ""
    assert not ReportPart.objects.exists()


# --- by post


def test_an_answer_by_post_goes_with_the_copy_on_paper(contact, aino):
    """A06, A07: printed with its cover letter, in as many parts as it has."""
    customer = CustomerFactory(street="Koekuja 1", postcode="00100", city="Helsinki")
    OrderLineFactory(order=OrderFactory(customer=customer), description="Vuosihuolto")
    asked = ask("access", customer=customer, proof="in_person", email="", street="Koekuja 1")
    grant(contact, asked)
    letter = asked.letters.get(kind="answer_access")
    page = contact.get(f"/admin/rights_requests/letter/{letter.pk}/change/").text
    assert "The copy as PDF (in a new tab)" in page
    response = contact.get(page_of(asked, "copy") + "pdf/1/")
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Disposition"] == f'inline; filename="seloste-{asked.number}-1.pdf"'
    assert contact.get(page_of(asked, "copy") + "pdf/2/").status_code == 404
    response = contact.get(page_of(asked, "copy_files"))
    assert body_of(response).startswith(b"PK")


def test_a_mask_that_comes_while_the_report_is_drawn_up_is_in_it(contact, aino):
    """A07: what was drawn up before is thrown away, and drawn up anew."""
    asked = asked_by(aino)
    demand = asked.demands.get()
    piece = piece_with(contact, asked, "Eero Esimerkille")
    now = timezone.now()
    words = {"text": "", "reason": "other_person", "explanation": "", "is_told": True}
    with copies.prepared(demand, now=now) as ready:
        assert ready.is_for(demand)
        put_mask(demand, piece, by=UserFactory(), now=now, **words)
        assert not ready.is_for(demand)
        with transaction.atomic(), because("Test"):
            copies.give_copy(demand, now=now, ready=ready)
    assert lines_of(given(asked))[0] == "[masked: data about another person]"
