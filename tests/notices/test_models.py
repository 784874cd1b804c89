from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override

from audit.models import BypassesHistory
from audit.reasons import because
from notices.models import Clause, Notice, NoticeIsFinal, PartOfAnother, Section
from notices.publishing import NotAdoptable, RegisterHoldsMore, adopt
from notices.terms import ClauseKind, DataCategory, SourceKind
from tests.factories import ClauseFactory, CustomerFactory, NoticeFactory, SectionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def reason():
    with because("Test"):
        yield


def past_save(**fields):
    """Stores a notice as nobody but `adopt` does, to meet the database's own constraints."""
    Notice(**fields)._store_force()


@pytest.mark.parametrize("wrong", [{"version": 1}, {"adopted_at": NOW}, {"superseded_at": NOW}])
def test_only_adopting_puts_a_notice_in_force(wrong):
    with pytest.raises(NoticeIsFinal):
        NoticeFactory(**wrong)


def test_an_editor_who_comes_late_cannot_take_a_notice_out_of_force():
    notice = NoticeFactory()
    stale, stale_clause = Notice.objects.get(pk=notice.pk), notice.clauses.first()
    adopt(notice, now=NOW)
    for late in (stale, stale_clause):
        with pytest.raises(NoticeIsFinal):
            late.save()
        with pytest.raises(NoticeIsFinal):
            late.delete()
    assert Notice.objects.in_force() == notice


def test_what_is_stored_comes_into_force_and_not_what_an_old_page_remembers():
    """V07: a clause taken out meanwhile is out, and counts against what the register holds."""
    NoticeFactory(in_force=True)
    CustomerFactory(website="https://aino.example")
    draft = NoticeFactory()
    stale = Notice.objects.get(pk=draft.pk)
    assert DataCategory.WEBSITE in stale.declared
    draft.register_name = "Oikaistu nimi"
    draft.save()
    draft.clauses.get(term=DataCategory.WEBSITE).delete()
    with pytest.raises(RegisterHoldsMore):
        adopt(stale, now=LATER)
    assert (stale.version, Notice.objects.in_force().version) == (None, 1)
    ClauseFactory(notice=draft, term=DataCategory.WEBSITE)
    adopt(stale, now=LATER)
    assert stale.register_name == "Oikaistu nimi"


def test_a_section_of_a_draft_lets_go_of_its_clauses():
    clause = ClauseFactory()
    section = SectionFactory(notice=clause.notice)
    clause.section = section
    clause.save()
    section.delete()
    clause.refresh_from_db()
    assert clause.section is None
    assert clause.history.count() == 3


def test_a_draft_has_no_version_and_governs_nothing():
    NoticeFactory()
    assert (Notice.objects.in_force(), Notice.objects.once_in_force().count()) == (None, 0)


def test_the_notice_adopted_last_is_in_force_and_earlier_ones_stay():
    """P01, V02: version 1 stays when version 2 comes."""
    first, draft, second = NoticeFactory(), NoticeFactory(), NoticeFactory()
    adopt(first, now=NOW)
    adopt(second, now=LATER)
    first.refresh_from_db()
    assert Notice.objects.in_force() == second
    assert list(Notice.objects.once_in_force()) == [second, first]
    assert list(Notice.objects.drafts()) == [draft]
    assert (first.version, first.superseded_at, second.version) == (1, LATER, 2)


def test_at_most_one_notice_is_in_force_whatever_the_code_does():
    NoticeFactory(in_force=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        past_save(version=2, adopted_at=NOW)


@pytest.mark.parametrize("wrong", [{"version": 1}, {"adopted_at": NOW}, {"superseded_at": NOW}])
def test_version_and_coming_into_force_belong_together(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        past_save(**wrong)


def test_a_notice_without_controller_or_contact_cannot_be_adopted():
    """Art. 13(1)(a), P02: who the controller is, and where to ask."""
    notice = NoticeFactory(controller_name="", controller_email="")
    with pytest.raises(NotAdoptable) as refused:
        adopt(notice, now=NOW)
    assert refused.value.missing == ["controller.name", "controller.email"]
    assert Notice.objects.in_force() is None


def test_the_contact_person_s_address_is_contact_enough():
    notice = NoticeFactory(controller_email="", contact_email="aino@koe.example")
    adopt(notice, now=NOW)
    assert notice.contact_point == "aino@koe.example"


@pytest.mark.parametrize(
    "act",
    [
        lambda notice: notice.save(),
        lambda notice: notice.delete(),
        lambda notice: adopt(notice, now=LATER),
        lambda notice: notice.clauses.first().save(),
        lambda notice: notice.clauses.first().delete(),
        lambda notice: notice.sections.first().save(),
        lambda notice: notice.sections.first().delete(),
        lambda notice: Clause.objects.create(notice=notice, kind="data", term="email"),
        lambda notice: Section.objects.create_remembered([Section(notice=notice, position=9)]),
        lambda notice: Notice(pk=notice.pk, register_name="x").save(),
        lambda notice: Notice.objects.create_remembered([Notice(version=77, adopted_at=NOW)]),
    ],
)
def test_a_notice_that_came_into_force_never_changes(act):
    """V02: immutable, to the last clause."""
    notice = NoticeFactory()
    SectionFactory(notice=notice)
    adopt(notice, now=NOW)
    with pytest.raises(NoticeIsFinal):
        act(Notice.objects.get(pk=notice.pk))


def test_a_clause_cannot_be_moved_out_of_a_notice_in_force():
    clause = NoticeFactory(in_force=True).clauses.first()
    clause.notice = NoticeFactory()
    with pytest.raises(NoticeIsFinal):
        clause.save()


def test_bulk_words_do_not_reach_a_notice_in_force():
    NoticeFactory(in_force=True)
    with pytest.raises(BypassesHistory):
        Notice.objects.update(register_name="x")


def test_a_narrower_notice_is_refused_while_the_register_holds_more():
    """V07: no silent orphans; the counts are told."""
    NoticeFactory(in_force=True)
    CustomerFactory(phone="040 123 4567")
    CustomerFactory(phone="050 123 4567", website="https://aino.example")
    CustomerFactory()
    narrow = NoticeFactory(declared=[DataCategory.NAME])
    with pytest.raises(RegisterHoldsMore) as refused:
        adopt(narrow, now=LATER)
    assert refused.value.counts == {"customer.phone": 2, "customer.website": 1}
    assert Notice.objects.in_force() != narrow


def test_a_notice_declares_what_its_clauses_say():
    notice = NoticeFactory(declared=["name", "email"], sources=["registration"])
    assert notice.declared == {DataCategory.NAME, DataCategory.EMAIL}
    assert notice.sources == {SourceKind.REGISTRATION}


def test_a_notice_s_own_word_for_orders_is_used_in_every_language():
    notice = NoticeFactory(declared=())
    ClauseFactory(notice=notice, term=DataCategory.ORDERS, called="toimeksiannot")
    with override("fi"):
        assert notice.called(DataCategory.ORDERS) == "toimeksiannot"
    with override("en"):
        assert notice.called(DataCategory.ORDERS) == "assignments"


@pytest.mark.parametrize("length", [{}, {"years": 0}, {"years": 0, "months": 0}])
def test_a_retention_rule_needs_a_length(length):
    """Art. 13(2)(a): a period that is over at once is none."""
    with pytest.raises(IntegrityError), transaction.atomic():
        ClauseFactory(kind=ClauseKind.RETENTION, term="relationship_end", **length)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("years", 0),
        ("years", 1000),
        ("months", 1000),
        ("months", 10**9),
        ("inactive_months", 601),
        ("country", "us"),
        ("country", "1!"),
        ("words", "x" * 10_001),
    ],
)
def test_a_clause_holds_no_absurd_value(field, value):
    with pytest.raises(ValidationError) as refused:
        ClauseFactory.build(**{field: value}).clean_fields(exclude={"notice"})
    assert refused.value.message_dict.keys() == {field}


def test_a_clause_hangs_on_a_section_of_its_own_notice_only():
    """V02: or a draft would hold on to a notice in force."""
    clause, stranger = ClauseFactory(), SectionFactory()
    clause.section = stranger
    with pytest.raises(ValidationError) as refused:
        clause.clean()
    assert refused.value.message_dict.keys() == {"section"}
    with pytest.raises(PartOfAnother):
        clause.save()
    with pytest.raises(PartOfAnother):
        Clause.objects.create_remembered(
            [Clause(notice=clause.notice, section=stranger, kind="data", term="email")]
        )
    assert not stranger.clauses.exists()


def test_a_section_does_not_leave_its_clauses_for_another_notice():
    section = SectionFactory()
    ClauseFactory(notice=section.notice, section=section)
    section.notice = NoticeFactory(declared=(), sources=())
    with pytest.raises(PartOfAnother):
        section.save()


def test_a_draft_can_be_deleted_with_its_parts_and_stays_in_history():
    notice = NoticeFactory(declared=["name"], sources=())
    key = notice.pk
    with because("Not needed"):
        notice.delete()
    assert Clause.objects.count() == 0
    assert Notice.history.filter(id=key).first().history_change_reason == "Not needed"


def test_a_text_is_shown_as_paragraphs_and_lists_with_its_words_untouched():
    section = SectionFactory(
        text="Tiedot:\n- Henkilön etu- ja sukunimi- Osoite\n• Puhelin\n\nMuuta."
    )
    assert section.blocks == [
        {"paragraph": "Tiedot:"},
        {"listed": ["Henkilön etu- ja sukunimi", "Osoite", "Puhelin"]},
        {"paragraph": "Muuta."},
    ]
