"""Items to put right, in words: for the person who asked, and for staff."""

from django.utils.text import capfirst
from django.utils.translation import gettext

from rights_requests.models import Item


def in_words(item: Item) -> list[str]:
    """What the person has said of `item`, line by line, and what came of it."""
    said = {
        gettext("Which data"): item.get_category_display(),
        **item.said,
        gettext("Decision"): item.get_outcome_display(),
        gettext("Reasons"): item.reasons,
    }
    return [f"{label}: {words}" for label, words in said.items() if words]


def named(item: Item, place: int) -> str:
    """What `item` goes by in a list of items, where it is the one at `place`."""
    what = item.get_category_display() or gettext("other data")
    return f"{place}. {capfirst(str(what))}"
