import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import BypassesHistory
from audit.reasons import ReasonMissing, because
from notices.models import Notice

pytestmark = pytest.mark.django_db


def test_nothing_is_saved_without_a_reason():
    with pytest.raises(ReasonMissing):
        Notice(controller_name="Ruska").save()


def test_a_reason_of_blanks_is_no_reason():
    with pytest.raises(ReasonMissing), because("  "):
        Notice().save()


def test_history_keeps_who_when_and_why():
    with because("First try"):
        notice = Notice.objects.create(controller_name="Ruska")
    row = notice.history.get()
    assert (row.history_type, row.history_change_reason, row.history_user) == (
        "+",
        "First try",
        None,
    )
    assert abs(row.history_date - timezone.now()).total_seconds() < 60
    assert len(bytes(row.salt)) == 16


def test_the_inner_reason_wins_and_the_outer_one_returns():
    with because("outer"):
        with because("inner"):
            notice = Notice.objects.create()
        notice.save()
    reasons = notice.history.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(reasons) == ["inner", "outer"]


@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.update(register_name="x"),
        lambda rows: rows.bulk_create([Notice()]),
        lambda rows: rows.bulk_update([], ["register_name"]),
        lambda rows: rows.delete(),
        lambda rows: rows._update([(Notice._meta.get_field("register_name"), None, "x")]),
        lambda rows: rows._raw_delete("default"),
    ],
)
def test_bulk_words_that_forget_are_refused(act):
    with pytest.raises(BypassesHistory), because("x"):
        act(Notice.objects.all())


def test_the_library_s_own_way_around_history_is_shut():
    assert not hasattr(Notice, "save_without_historical_record")
    notice = Notice()
    notice.skip_history_when_saving = True
    with because("x"):
        notice.save()
    assert notice.history.count() == 1


def test_rows_made_together_have_their_history():
    with because("Together"):
        made = Notice.objects.create_remembered([Notice(), Notice()])
    assert [row.history.get().history_change_reason for row in made] == ["Together", "Together"]


def test_rows_made_together_need_a_reason_too():
    with pytest.raises(ReasonMissing):
        Notice.objects.create_remembered([Notice()])


@pytest.fixture
def past(db):
    """A version in history; looks after the test whether it still says the same."""
    with because("First"):
        notice = Notice.objects.create(register_name="Ruska")
    before = list(notice.history.values())
    yield notice.history.get()
    assert list(notice.history.values()) == before


@pytest.mark.parametrize(
    "act",
    [
        lambda row: row.save(),
        lambda row: row.save(force_update=True),
        lambda row: row.save_base(raw=True),
        lambda row: row.delete(),
        lambda row: type(row)(history_id=row.pk, history_date=row.history_date).save(),
        lambda row: type(row).objects.update(history_change_reason="Toinen"),
        lambda row: type(row).objects.all().delete(),
        lambda row: type(row).objects.bulk_update([row], ["history_change_reason"]),
        lambda row: Notice.history.update(history_change_reason="Toinen"),
        lambda row: Notice.history.all()._raw_delete("default"),
        lambda row: Notice.history.all()._update(
            [(row._meta.get_field("register_name"), None, "Toinen")]
        ),
    ],
)
def test_what_is_in_history_stays_as_it_is(past, act):
    """V02: what was promised and when cannot be told otherwise afterwards."""
    past.register_name = past.history_change_reason = "Toinen"
    with pytest.raises(BypassesHistory), because("x"), transaction.atomic():
        act(past)
