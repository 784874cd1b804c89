"""A new version comes into force without errors, once, and nobody changes it afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

import demo
from audit.models import BypassesHistory
from audit.reasons import because
from notices import publishing
from notices.drafts import DraftChanged, draft_of, next_draft, reading_of, redraft
from notices.improving import accept, accept_simple, leave, take_back
from notices.models import (
    Clause,
    Notice,
    NoticeIsFinal,
    PartOfAnother,
    Rendering,
    Section,
    SetAside,
)
from notices.publishing import (
    AnotherCameFirst,
    NotItsDay,
    NotPublishable,
    RegisterHoldsMore,
    adopt,
    narrowed,
    publish,
)
from notices.reading import read
from notices.terms import ClauseKind
from register.models import Customer
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    CustomerFactory,
    NoticeFactory,
    RenderingFactory,
    SectionFactory,
    SetAsideFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.sign_in import sign_in

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 3)
GOOD = (Path(demo.__file__).parent / "notice.toml").read_bytes()


def good_draft():
    """The demo's own notice, in which the checker finds nothing."""
    return draft_of(read(GOOD), reason="Test")


def with_placeholder(notice):
    """A draft in which a form's placeholder was left (D02)."""
    section = notice.sections.filter(key="purpose", language="fi").get()
    with because("Test"):
        section.text += "\n\nKiellon voi tehdä sähköpostitse (s-postiosoite)."
        section.written = False
        section.save()
    return notice


@pytest.mark.django_db
class TestWithoutErrors:
    def test_a_version_without_errors_comes_into_force(self):
        """V01"""
        notice = good_draft()
        publish(notice, now=NOW)
        assert Notice.objects.in_force() == notice
        assert (notice.version, notice.published_at, notice.adopted_at) == (1, NOW, None)
        assert notice.renderings.count() == 3

    def test_a_version_with_an_error_is_refused_and_stays_a_draft(self):
        """V01, D02, P15"""
        notice = with_placeholder(good_draft())
        with pytest.raises(NotPublishable) as refused:
            publish(notice, now=NOW)
        assert "D02" in {error.id for error in refused.value.errors}
        assert Notice.objects.in_force() is None
        assert not Rendering.objects.all().exists()

    def test_an_error_left_with_a_reason_still_stands_against_it(self):
        notice = with_placeholder(good_draft())
        with pytest.raises(NotPublishable) as refused:
            publish(notice, now=NOW)
        for error in refused.value.errors:
            leave(notice, error.key, "The printer has it so.", today=TODAY)
        with pytest.raises(NotPublishable):
            publish(notice, now=NOW)

    def test_a_notice_without_a_date_is_refused_until_it_has_one(self):
        """P01, D10"""
        notice = good_draft()
        with because("Test"):
            notice.drawn_up_on = notice.updated_on = None
            notice.save()
            for section in notice.sections.filter(key="drawn_up"):
                section.delete()
        with pytest.raises(NotPublishable) as refused:
            publish(notice, now=NOW)
        assert {error.id for error in refused.value.errors} == {"D10"}
        publish(notice, now=NOW, on=TODAY)
        assert (notice.drawn_up_on, notice.updated_on) == (TODAY, None)

    def test_the_day_of_publishing_becomes_the_day_of_the_last_update(self):
        """P01"""
        notice = good_draft()
        publish(notice, now=NOW, on=TODAY)
        assert (notice.drawn_up_on, notice.updated_on) == (date(2026, 2, 2), TODAY)

    def test_the_day_stands_in_the_text_too_where_the_program_wrote_it(self):
        """P01"""
        notice = good_draft()
        with because("Test"):
            for section in notice.sections.filter(key="drawn_up"):
                section.written = True
                section.save()
        publish(notice, now=NOW, on=TODAY)
        texts = dict(notice.sections.filter(key="drawn_up").values_list("language", "text"))
        assert "3.11.2026" in texts["fi"]
        assert "15.10.2026" not in "".join(texts.values())

    @pytest.mark.parametrize(
        ("day", "first"), [(date(2026, 11, 4), None), (date(2026, 2, 1), date(2026, 2, 2))]
    )
    def test_a_day_to_come_or_before_the_first_is_refused(self, day, first):
        """P01: coming into force is now, and a notice is not updated before it is drawn up."""
        notice = good_draft()
        with pytest.raises(NotItsDay) as refused:
            publish(notice, now=NOW, on=day)
        assert (refused.value.day, refused.value.drawn_up_on) == (day, first)
        notice.refresh_from_db()
        assert (notice.version, notice.updated_on) == (None, date(2026, 10, 15))

    def test_the_day_is_reckoned_in_finland(self):
        """P01: late in the evening by Greenwich it is tomorrow already."""
        notice = good_draft()
        publish(notice, now=datetime(2026, 11, 3, 22, 30, tzinfo=UTC), on=date(2026, 11, 4))
        assert notice.updated_on == date(2026, 11, 4)

    def test_a_refusal_takes_the_new_day_back(self):
        notice = with_placeholder(good_draft())
        with pytest.raises(NotPublishable):
            publish(notice, now=NOW, on=TODAY)
        notice.refresh_from_db()
        assert notice.updated_on == date(2026, 10, 15)

    @pytest.fixture
    def order(self, monkeypatch):
        """What publishing does, one after the other."""
        order = []

        def told(name):
            asked = getattr(publishing, name)

            def tell(*args, **kwargs):
                order.append(name)
                return asked(*args, **kwargs)

            return tell

        for name in ("check", "locked", "locked_as"):
            monkeypatch.setattr(publishing, name, told(name))
        return order

    def test_nobody_waits_for_the_checker(self, order):
        """SQLite has one writer: what takes long is done before the draft is locked."""
        publish(good_draft(), now=NOW, on=TODAY)
        assert order == ["check", "locked_as", "locked"]

    def test_a_draft_that_changes_while_it_is_checked_is_not_published(self, monkeypatch):
        notice = good_draft()

        def slow_check(*args, **kwargs):
            with because("Test"):
                notice.register_name = "Muu rekisteri"
                notice.save()
            return []

        monkeypatch.setattr(publishing, "check", slow_check)
        with pytest.raises(DraftChanged):
            publish(notice, now=NOW)
        assert Notice.objects.in_force() is None

    def test_the_version_before_stays_readable_with_its_dates(self, client):
        """P01, V02"""
        first = good_draft()
        publish(first, now=NOW)
        publish(next_draft(first, reason="Test"), now=NOW, on=TODAY)
        page = client.get("/fi/versions/1/")
        assert page.status_code == 200
        assert "15.10.2026" in page.text
        assert client.get("/fi/versions/2/").status_code == 200


@pytest.mark.django_db
class TestNarrowing:
    """V07"""

    @pytest.fixture
    def narrow(self):
        publish(good_draft(), now=NOW)
        CustomerFactory(phone="020 000 0500")
        CustomerFactory(phone="020 000 0501")
        draft = next_draft(Notice.objects.in_force(), reason="Test")
        with because("Test"):
            for clause in draft.clauses.filter(kind=ClauseKind.DATA, term="phone"):
                clause.delete()
        return draft

    def test_it_is_refused_while_the_register_holds_what_it_drops_with_counts(self, narrow):
        with pytest.raises(RegisterHoldsMore) as refused:
            adopt(narrow, now=NOW)
        assert refused.value.counts == {"customer.phone": 2}
        assert Notice.objects.in_force().version == 1

    def test_what_stays_is_counted_by_column_with_where_it_is(self, narrow):
        [stays] = narrowed(narrow)
        assert (stays.column, stays.category, stays.count) == ("phone", "phone", 2)
        with override("en"):
            assert (stays.words, stays.rows) == ("phone", "customers")

    def test_nothing_of_it_is_removed_from_the_register(self, narrow):
        with pytest.raises(RegisterHoldsMore):
            adopt(narrow, now=NOW)
        assert {customer.phone for customer in Customer.objects.all()} == {
            "020 000 0500",
            "020 000 0501",
        }


@pytest.mark.django_db
def test_a_version_that_was_decided_on_another_one_than_is_in_force_does_not_come_in():
    publish(good_draft(), now=NOW)
    one, other = (next_draft(Notice.objects.in_force(), reason="Test") for _ in range(2))
    publish(one, now=NOW, instead_of=1)
    with pytest.raises(AnotherCameFirst):
        publish(other, now=NOW, instead_of=1)
    assert Notice.objects.in_force() == one


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("drafts", [1, 2])
def test_of_two_who_publish_at_once_one_version_comes_in(drafts):
    """V02: whether they press on one draft or on two, one wins and the other is told."""
    publish(good_draft(), now=NOW)
    keys = [next_draft(Notice.objects.in_force(), reason="Test").pk for _ in range(drafts)]
    barrier = Barrier(2)

    def press(key):
        barrier.wait()
        try:
            publish(Notice.objects.get(pk=key), now=NOW, instead_of=1, on=TODAY)
        except (AnotherCameFirst, NoticeIsFinal) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(press, [keys[0], keys[-1]]))
    assert sorted(result is None for result in results) == [False, True]
    assert [notice.version for notice in Notice.objects.once_in_force()] == [2, 1]
    assert Notice.objects.in_force().version == 2


# --- nobody changes a notice in force (V02)


@pytest.fixture
def final(db):
    """A notice in force with a row of each part."""
    notice = NoticeFactory(declared=(), sources=())
    section = SectionFactory(notice=notice)
    ClauseFactory(notice=notice, section=section)
    SetAsideFactory(notice=notice)
    adopt(notice, now=NOW)
    return Notice.objects.get(pk=notice.pk)


PARTS = {
    "section": (Section, SectionFactory, {"heading": "Uusi"}),
    "clause": (Clause, ClauseFactory, {"words": "Uusi"}),
    "set aside": (SetAside, SetAsideFactory, {"why": "Uusi"}),
    "rendering": (Rendering, RenderingFactory, {"body": "<p>Uusi</p>"}),
}


def everything(notice):
    """All that is stored of a notice."""
    return [
        list(rows.values())
        for rows in (
            Notice.objects.filter(pk=notice.pk),
            *(model.objects.filter(notice=notice).order_by("pk") for model, *_ in PARTS.values()),
        )
    ]


@pytest.fixture
def unchanged(final):
    """Looks after the test whether anything of the notice has changed."""
    before = everything(final)
    yield final
    assert everything(final) == before


#: What can be said to the parts of `final`, a notice in force, with a part of `draft` at hand.
RELATED = [
    lambda final, draft: final.sections.add(draft.sections.get()),
    lambda final, draft: final.sections.add(draft.sections.get(), bulk=False),
    lambda final, draft: final.sections.create(key="other", language="fi", position=9),
    lambda final, draft: final.sections.get_or_create(key="other", language="fi", position=9),
    lambda final, draft: final.sections.update_or_create(
        pk=final.sections.get().pk, defaults={"heading": "Uusi"}
    ),
    lambda final, draft: final.sections.update(heading="Uusi"),
    lambda final, draft: final.sections.all().delete(),
    lambda final, draft: final.sections.get().clauses.clear(),
    lambda final, draft: final.sections.get().clauses.set([]),
    lambda final, draft: final.sections.get().clauses.remove(final.clauses.get()),
    lambda final, draft: final.sections.get().clauses.add(draft.clauses.get(), bulk=False),
    lambda final, draft: draft.clauses.add(final.clauses.get()),
    lambda final, draft: draft.clauses.add(final.clauses.get(), bulk=False),
    lambda final, draft: draft.sections.get().clauses.set(final.clauses.all(), bulk=False),
]


class TestNobodyChangesIt:
    """V02: model, bulk, shell, staff pages; V07, P01."""

    def test_not_by_saving_it(self, unchanged):
        unchanged.register_name = "Toinen"
        unchanged.updated_on = TODAY
        with because("Test"), pytest.raises(NoticeIsFinal):
            unchanged.save()

    def test_not_by_saving_it_as_a_draft_again(self, unchanged):
        """P01: a shell that takes its version away changes nothing either."""
        unchanged.version = unchanged.adopted_at = None
        with because("Test"), pytest.raises(NoticeIsFinal):
            unchanged.save()

    def test_not_by_deleting_it(self, unchanged):
        with because("Test"), pytest.raises(NoticeIsFinal):
            unchanged.delete()

    @pytest.mark.parametrize("part", PARTS)
    def test_not_by_saving_a_part(self, unchanged, part):
        model, _factory, values = PARTS[part]
        row = model.objects.filter(notice=unchanged).first()
        for name, value in values.items():
            setattr(row, name, value)
        with because("Test"), pytest.raises(NoticeIsFinal):
            row.save()

    @pytest.mark.parametrize("part", PARTS)
    def test_not_by_deleting_a_part(self, unchanged, part):
        row = PARTS[part][0].objects.filter(notice=unchanged).first()
        with because("Test"), pytest.raises(NoticeIsFinal):
            row.delete()

    @pytest.mark.parametrize("part", PARTS)
    def test_not_by_adding_a_part(self, unchanged, part):
        _model, factory, values = PARTS[part]
        with pytest.raises(NoticeIsFinal):
            factory(notice=unchanged, **values)

    @pytest.mark.parametrize("part", PARTS)
    def test_not_by_taking_a_part_away_to_a_draft(self, unchanged, part):
        row = PARTS[part][0].objects.filter(notice=unchanged).first()
        row.notice = NoticeFactory(declared=(), sources=())
        with because("Test"), pytest.raises(NoticeIsFinal):
            row.save()

    @pytest.mark.parametrize("part", PARTS)
    def test_not_by_adding_many_parts_at_once(self, unchanged, part):
        model, factory, values = PARTS[part]
        rows = [factory.build(notice=unchanged, **values)]
        with because("Test"), pytest.raises(NoticeIsFinal):
            model.objects.create_remembered(rows)

    @pytest.mark.parametrize("raw", [False, True])
    @pytest.mark.parametrize("model", [Notice, *(model for model, *_ in PARTS.values())])
    def test_not_by_what_lies_behind_saving(self, unchanged, model, raw):
        """loaddata comes in by it."""
        row = unchanged if model is Notice else model.objects.filter(notice=unchanged).first()
        for name, value in {"register_name": "Toinen", "heading": "Uusi", "why": "Uusi"}.items():
            setattr(row, name, value)
        for save in (row.save_base, partial(models.Model.save_base, row)):
            with because("Test"), pytest.raises(NoticeIsFinal), transaction.atomic():
                save(raw=raw)

    @pytest.mark.parametrize("model", [Notice, *(model for model, *_ in PARTS.values())])
    def test_not_by_django_s_own_half_of_a_bulk_word(self, unchanged, model):
        field = model._meta.get_field("id")
        with pytest.raises(BypassesHistory):
            model.objects.all()._update([(field, None, 99)])
        with pytest.raises(BypassesHistory):
            model.objects.all()._raw_delete("default")

    @pytest.mark.parametrize("model", [Notice, *(model for model, *_ in PARTS.values())])
    @pytest.mark.parametrize("word", ["update", "delete", "bulk_create", "bulk_update"])
    def test_not_by_a_bulk_word(self, unchanged, model, word):
        rows = list(model.objects.all())
        given = {"update": (), "delete": (), "bulk_create": (rows,), "bulk_update": (rows, ["id"])}
        values = {"pk": 99} if word == "update" else {}
        with because("Test"), pytest.raises(BypassesHistory):
            getattr(model.objects.all(), word)(*given[word], **values)

    @pytest.mark.parametrize("said", RELATED)
    def test_not_from_one_part_by_way_of_another(self, unchanged, said):
        """Managers of relations, which know the rows of both sides."""
        draft = NoticeFactory(declared=(), sources=())
        ClauseFactory(notice=draft, section=SectionFactory(notice=draft))
        refused = (NoticeIsFinal, BypassesHistory, PartOfAnother)
        with because("Test"), pytest.raises(refused), transaction.atomic():
            said(unchanged, draft)

    def test_not_by_storing_another_reading_in_it(self, unchanged):
        with pytest.raises(NoticeIsFinal):
            redraft(unchanged, reading_of(good_draft()), reason="Test")

    def test_not_by_accepting_or_leaving_what_the_checker_finds(self, unchanged):
        with pytest.raises(NoticeIsFinal):
            accept(unchanged, "any", today=TODAY)
        with pytest.raises(NoticeIsFinal):
            accept_simple(unchanged, today=TODAY)
        with pytest.raises(NoticeIsFinal):
            leave(unchanged, "any", "Why not", today=TODAY)
        with pytest.raises(NoticeIsFinal):
            take_back(unchanged, SetAside.objects.get().finding)

    def test_not_by_bringing_it_into_force_again(self, unchanged):
        with pytest.raises(NoticeIsFinal):
            publish(unchanged, now=NOW, on=TODAY)
        with pytest.raises(NoticeIsFinal):
            adopt(unchanged, now=NOW)

    @pytest.mark.parametrize(
        "page", ["change", "delete", "adopt", "publish", "place", "clauses", "finding"]
    )
    def test_not_on_a_staff_page(self, unchanged, page):
        user = UserFactory(role=Role.DATA_PROTECTION_CONTACT, language="en")
        UndertakingFactory(user=user)
        client = sign_in(Client(), user)
        more = {"place": [0], "finding": ["simple"]}.get(page, [])
        address = reverse(f"admin:notices_notice_{page}", args=[unchanged.pk, *more])
        sent = {"register_name": "Toinen", "post": "yes", "on": "2026-11-03", "instead_of": "1"}
        response = client.post(address, sent, follow=True)
        if page == "delete":
            assert response.status_code == 403
        else:
            home = reverse("admin:notices_notice_change", args=[unchanged.pk])
            assert response.redirect_chain == [(home, 302)]
            [told] = [str(one) for one in response.context["messages"]]
            assert told.startswith("The notice has come into force meanwhile")
