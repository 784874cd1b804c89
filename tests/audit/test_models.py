import pytest
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
