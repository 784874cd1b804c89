"""What is to be put right, item by item: asked on the web, written down by staff, completed later
(P54, P56, R02)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from rights_requests.item_forms import MOST_ITEMS
from rights_requests.models import OUTCOMES, Demand, Item, ItemKind, Letter, LetterKind, Outcome
from staff.roles import Role
from tests.factories import CustomerFactory, ItemFactory, NoticeFactory
from tests.rights_requests.asking import address, answers, check, faulty, fields, press, send
from tests.rights_requests.at_the_desk import RECORD, ask, page_of, put_right, said, staff
from tests.rights_requests.test_admin_record import form as recorded

pytestmark = pytest.mark.django_db
SECOND = {
    "items": "2",
    "item-2-category": "phone",
    "item-2-kind": "unnecessary",
    "item-2-datum": "040 123 4567",
    "item-2-ground": "Se ei ole minun.",
}


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True, languages=["fi", "sv", "en"])


@pytest.fixture
def handler():
    return staff(Role.HANDLER)


def items():
    return list(Item.objects.order_by("pk"))


# --- on the web


def test_several_items_are_asked_for_at_once(client):
    """P54, P56: each with its kind, its wish and its ground."""
    send(client, answers("rectification", **SECOND))
    first, second = items()
    assert (first.kind, first.wanted, first.removes) == ("outdated", "Koekatu 2", False)
    assert (second.kind, second.wanted, second.removes) == ("unnecessary", "", True)
    assert second.ground == "Se ei ole minun."
    assert first.demand == second.demand


def test_room_for_one_more_keeps_what_was_typed(client):
    """I01: a plain button, without a script; nothing is judged meanwhile."""
    typed = answers("rectification", name="", **{"item-1-ground": ""})
    page = client.post(address("form"), typed | {"step": "another"})
    kept = fields(page)
    assert (kept["items"], kept["item-2-datum"]) == (["2"], [""])
    assert kept["item-1-datum"] == ["Koekatu 1"]
    assert (kept["item-1-category"], kept["item-1-kind"]) == (["postal_address"], ["outdated"])
    assert faulty(page) == []
    assert 'id="item-2"' in page.text


def test_there_is_an_end_to_how_many_can_be_added(client):
    page = client.post(address("form"), answers("rectification", items="99") | {"step": "another"})
    assert fields(page)["items"] == [str(MOST_ITEMS)]
    assert "another" not in page.text


def test_an_item_that_was_left_empty_is_none(client):
    send(client, answers("rectification", items="4"))
    assert len(items()) == 1


@pytest.mark.parametrize("items", ["x", "-1", "", "٣", "1e9"])
def test_a_number_of_items_that_is_none_is_one(client, items):
    page = client.post(address("form"), answers("rectification", items=items) | {"step": "change"})
    assert fields(page)["items"] == ["1"]


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"item-1-wanted": "", "item-1-statement": ""}, "item-1-wanted"),
        ({"item-1-removes": "on"}, "item-1-wanted"),
        (
            {"item-1-kind": "incomplete", "item-1-wanted": "", "item-1-removes": "on"},
            "item-1-removes",
        ),
    ],
)
def test_what_is_wanted_is_one_thing(client, changed, wrong):
    """P56: a value, or the removal; what is missing cannot be removed."""
    page = check(client, answers("rectification", **changed))
    assert faulty(page) == [wrong]


def test_all_items_are_judged_at_once(client):
    """I01: whatever is wrong is said in one go, and leads to its place."""
    wrong = SECOND | {"item-1-datum": "", "item-2-ground": ""}
    page = check(client, answers("rectification", name="", **wrong))
    assert faulty(page) == ["item-1-datum", "item-2-ground", "name"]
    assert 'href="#id_item-2-ground"' in page.text


def test_the_words_of_the_person_alone_complete_what_is_incomplete(client):
    """R01: a supplementary statement is a wish of its own."""
    alone = {"item-1-kind": "incomplete", "item-1-wanted": "", "item-1-statement": "Katso liite."}
    send(client, answers("rectification", **alone))
    assert items()[0].statement == "Katso liite."


def test_the_page_before_sending_tells_the_items_apart(client):
    page = check(client, answers("rectification", **SECOND), "en")
    for words in ("Which data (1)", "Which data (2)", "Postal address", "040 123 4567"):
        assert words.lower() in page.text.lower()
    again = press(client, page, "change", "en")
    assert fields(again)["item-2-datum"] == ["040 123 4567"]


# --- what a kind can come to


def test_each_kind_has_its_outcomes():
    """P54: corrected, removed or completed, as the promise says; each may be refused."""
    can = {kind: {str(one) for one in outcomes} for kind, outcomes in OUTCOMES.items()}
    assert can == {
        "erroneous": {"corrected", "removed"},
        "unnecessary": {"removed"},
        "incomplete": {"completed"},
        "outdated": {"corrected", "removed"},
        "": {"corrected", "removed", "completed"},
    }
    for kind in ["", *ItemKind]:
        for outcome in (Outcome.CORRECTED, Outcome.REMOVED, Outcome.COMPLETED):
            fits = outcome in can[kind]
            try:
                with transaction.atomic():
                    ItemFactory(kind=kind, outcome=outcome)
                assert fits
            except IntegrityError:
                assert not fits


def test_no_item_is_refused_without_its_ground():
    """P59, R07"""
    ItemFactory(outcome="refused", refusal_ground="accurate")
    for wrong in ({"outcome": "refused"}, {"refusal_ground": "accurate"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ItemFactory(**wrong)


# --- from a letter


def receipt():
    return Letter.objects.get(kind=LetterKind.RECEIPT)


LETTER = {"access": "", "rectification": "on", "language": "en", "items": "3"}
SAYS_ALL = {"item-1-datum": "Koekatu", "item-1-wanted": "Koetie", "item-1-ground": "I moved."}


def test_a_letter_that_says_all_is_not_asked_to_be_completed(handler):
    """P56"""
    handler.post(RECORD, recorded(handler, **LETTER, **SAYS_ALL))
    assert "Please complete your request" not in receipt().body


@pytest.mark.parametrize(
    ("lacks", "asks"),
    [
        ({"item-1-ground": ""}, ["Why should they be changed?"]),
        ({"item-1-wanted": ""}, ["What should they be?"]),
        (
            dict.fromkeys(SAYS_ALL, ""),
            [
                "Which data are wrong or missing? Write them word for word.",
                "What should they be?",
                "Why should they be changed?",
            ],
        ),
    ],
)
def test_a_letter_that_lacks_something_is_asked_while_the_clock_runs(handler, lacks, asks):
    """P56, T07: no pause for a missing ground."""
    handler.post(RECORD, recorded(handler, **LETTER, **(SAYS_ALL | lacks)))
    body = receipt().body
    assert "\n".join(f"- {one}" for one in asks) in body
    assert body.count("- W") == len(asks) + 1
    assert "The time to answer you runs on meanwhile." in body
    demand = Demand.objects.get()
    assert demand.due_on == demand.first_due_on
    assert not demand.is_paused


def test_a_fault_of_an_item_is_said_at_its_place(handler):
    page = handler.post(
        RECORD, recorded(handler, **LETTER, **SAYS_ALL, **{"item-2-ground": "131052-308T"})
    )
    form = page.context["form"]
    assert form.is_faulty
    assert [list(one) for one in form.items.errors] == [["ground"]]
    assert "I moved." in page.text
    assert not Item.objects.exists()


def test_what_the_person_adds_is_written_down(handler):
    """P56: to an item that lacked something, or as one more."""
    asked = ask("rectification")
    ItemFactory(demand=asked.demands.get(), category="phone", datum="040 1")
    page = handler.get(page_of(asked))
    assert "Complete it" in page.text
    where = item_page(asked, 1)
    assert fields(handler.get(where))["datum"] == ["040 1"]
    answer = {"category": "phone", "kind": "erroneous", "datum": "040 1", "wanted": "040 2"}
    told = handler.post(where, answer | {"ground": "A slip."}, follow=True)
    assert said(told) == ["Written down."]
    handler.post(item_page(asked, 0), {"category": "email", "removes": "on"})
    first, second = items()
    assert (first.wanted, first.ground, first.lacks) == ("040 2", "A slip.", [])
    assert (second.category, second.removes, second.lacks) == ("email", True, ["ground"])
    assert handler.get(item_page(asked, 3)).status_code == 404


def item_page(asked, place):
    return reverse("admin:rights_requests_rightsrequest_item", args=[asked.number, place])


def test_nothing_is_added_to_what_is_decided(handler):
    with translation.override("en"):
        asked = ask(
            "rectification", customer=CustomerFactory(email="aino@koe.example"), proof="in_person"
        )
        put_right(asked)
    told = handler.post(item_page(asked, 0), {"datum": "040 1"}, follow=True)
    assert said(told) == ["This can no longer be done to this request."]
    assert len(items()) == 1
