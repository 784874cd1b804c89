"""What requests forget, and when (D04r, E09)."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone

from audit.reasons import because
from rights_requests.forgetting import OF_REQUEST, blank_values, forget_answered, forget_old
from rights_requests.models import LetterKind, Report, RightsRequest, Scan
from tests.factories import (
    CertificateFactory,
    DemandFactory,
    LetterFactory,
    ReportFactory,
    RightsRequestFactory,
    ScanFactory,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()
YEAR = timedelta(days=366)


@pytest.fixture(autouse=True)
def private_files(tmp_path, monkeypatch):
    storage = storages["private"]
    monkeypatch.setattr(storage, "_location", str(tmp_path), raising=False)
    storage.__dict__.pop("base_location", None)
    storage.__dict__.pop("location", None)
    yield storage
    storage.__dict__.pop("base_location", None)
    storage.__dict__.pop("location", None)


def closed(ago, **columns):
    moment = NOW - ago
    return RightsRequestFactory(received_at=moment, recorded_at=moment, closed_at=moment, **columns)


@pytest.mark.parametrize("model", OF_REQUEST, ids=lambda model: model.__name__)
def test_every_text_of_a_request_is_blanked_or_said_to_be_harmless(model):
    """E07: a new column must be placed."""
    harmless = {
        "proof", "channel", "language", "form_digest", "right",
        "restriction_ground", "categories", "extension_cause", "kind", "medium", "subject", "mark",
        "message_id", "fault", "content_type", "scopes", "uses", "reckoning",
        "deed", "excuse", "purpose", "purposes",
    }  # fmt: skip
    texts = {
        field.name
        for field in model._meta.concrete_fields
        if field.get_internal_type()
        in ("CharField", "TextField", "EmailField", "JSONField", "BinaryField")
    }
    # chosen from lists
    chosen = {
        "Certificate": {"ground"},
        "Doubt": {"reason", "means"},
        "Item": {"category", "outcome", "refusal_ground"},
        # where a piece stands, and what kind of piece it is
        "Mask": {"reason", "piece", "label"},
        "Weighing": {"ground"},
    }
    ground = chosen.get(model.__name__, set())
    assert texts - harmless - ground == set(blank_values(model))


def test_a_request_says_who_asked_for_three_years():
    """D04r"""
    young, old = closed(2 * YEAR), closed(3 * YEAR)
    DemandFactory(request=old, ground="My own words")
    forget_old(now=NOW)
    young.refresh_from_db()
    old.refresh_from_db()
    assert young.name
    assert (old.name, old.email) == ("", "")
    assert old.demands.get().ground == ""
    assert old.forgotten_at == NOW
    assert set(RightsRequest.history.filter(id=old.pk).values_list("name", flat=True)) == {
        "",
    }


@pytest.mark.parametrize(("years", "name"), [(1, ""), (3, "Aino Koekajo")])
def test_how_long_a_request_says_who_asked_is_a_setting(settings, years, name):
    """D04r"""
    settings.REQUEST_YEARS = years
    request = closed(2 * YEAR)
    forget_old(now=NOW)
    request.refresh_from_db()
    assert request.name == name


def test_a_letter_that_has_not_left_keeps_its_address():
    request = closed(4 * YEAR)
    letter = LetterFactory(request=request)
    forget_old(now=NOW)
    letter.refresh_from_db()
    assert letter.to_email
    with because("Test"):
        letter.sent_at = NOW
        letter.save()
    assert forget_answered(now=NOW) == 1
    assert forget_answered(now=NOW) == 0


def test_a_copy_of_data_goes_when_nobody_can_open_it_any_more():
    fresh = ReportFactory(demand__request=closed(timedelta(days=89)), content=b"x")
    stale = ReportFactory(demand__request=closed(timedelta(days=91)), content=b"x")
    forget_old(now=NOW)
    assert bytes(Report.objects.get(pk=fresh.pk).content) == b"x"
    assert Report.objects.get(pk=stale.pk).content is None


def test_a_file_that_no_row_knows_is_removed_after_a_day(private_files):
    known = private_files.save("a", ContentFile(b"paper"))
    ScanFactory(file=known)
    lost = private_files.save("b", ContentFile(b"paper"))
    forget_old(now=NOW)
    assert private_files.exists(lost)
    forget_old(now=NOW + timedelta(days=2))
    assert not private_files.exists(lost)
    assert private_files.exists(known)


def test_the_papers_of_a_forgotten_request_are_removed(
    private_files, django_capture_on_commit_callbacks
):
    name = private_files.save("a", ContentFile(b"paper"))
    scan = ScanFactory(request=closed(4 * YEAR), file=name)
    with django_capture_on_commit_callbacks(execute=True):
        forget_old(now=NOW)
    assert not private_files.exists(name)
    assert Scan.objects.get(pk=scan.pk).file == ""


def test_the_daily_clock_forgets(settings):
    request = closed(4 * YEAR)
    assert "forget_requests" in settings.DAILY_COMMANDS
    call_command("forget_requests")
    request.refresh_from_db()
    assert request.name == ""


def test_a_certificate_is_forgotten_too_and_keeps_its_number_and_ground():
    """E09, P59: what stays shows that the right was kept."""
    certificate = CertificateFactory(demand__request=closed(4 * YEAR))
    forget_old(now=NOW)
    certificate.refresh_from_db()
    assert (certificate.reasons, certificate.refused_what) == ("", "")
    assert certificate.ground == "not_identified"
    assert certificate.number


def test_a_note_to_staff_or_a_link_for_a_proof_keeps_nobody_s_name():
    request = closed(4 * YEAR)
    for kind in (LetterKind.STAFF_ARRIVAL, LetterKind.PROOF):
        LetterFactory(request=request, kind=kind, failed_at=NOW)
    forget_old(now=NOW)
    request.refresh_from_db()
    assert request.name == ""


# --- what showed who asks


def proven_ago(days, **columns):
    """A request whose sender was identified `days` ago; it is still open."""
    columns |= {"proof": "signature", "identified_at": NOW - timedelta(days=days)}
    return RightsRequestFactory(evidence="signed letter", rights=["access"], **columns)


@pytest.mark.parametrize(("days", "stays"), [(29, True), (30, False)])
def test_what_showed_who_asks_goes_within_thirty_days(
    private_files, django_capture_on_commit_callbacks, days, stays
):
    """I09: with its history; the request itself, its own paper and who saw the proof stay."""
    request = proven_ago(days)
    papers = {}
    for shows_who in (True, False):
        papers[shows_who] = private_files.save("a", ContentFile(b"paper"))
        ScanFactory(request=request, file=papers[shows_who], shows_who=shows_who)
    with django_capture_on_commit_callbacks(execute=True):
        forget_old(now=NOW)
    request.refresh_from_db()
    assert bool(request.evidence) is stays
    assert private_files.exists(papers[True]) is stays
    assert private_files.exists(papers[False])
    assert {bool(one.evidence) for one in request.history.all()} == {stays}
    assert (request.name, request.proof) == ("Aino Koekajo", "signature")


def test_what_was_to_show_who_asks_goes_after_the_end_where_it_showed_nothing(private_files):
    """I09: and stays while somebody still looks at it."""
    open_one = RightsRequestFactory(rights=["access"], received_at=NOW - timedelta(days=60))
    over = RightsRequestFactory(rights=["access"], closed_at=NOW - timedelta(days=30))
    for request in (open_one, over):
        name = private_files.save("a", ContentFile(b"paper"))
        ScanFactory(request=request, file=name, shows_who=True)
    forget_old(now=NOW)
    assert [bool(one.file) for one in Scan.objects.order_by("pk")] == [True, False]
    assert not Scan.history.filter(request=over.pk).exclude(file="").exists()
