"""The countries outside the EU and the EEA that the writer has words for."""

from django.utils.translation import get_language

from notices.terms import Language
from notices.writing.texts import texts_of


def countries_outside() -> list[tuple[str, str]]:
    """The countries that the writer has a word for, by their names in the reader's language."""
    texts = texts_of(Language(get_language() or Language.FINNISH))
    named = (
        (key.removeprefix("country."), name)
        for key, name in texts.items()
        if key.startswith("country.")
    )
    return sorted(named, key=lambda one: one[1].removeprefix("the "))
