"""How the notice is written: hedges, slips, leftovers, long sentences (art. 12(1); V04)."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.checking import known
from notices.checking.readability import measure
from notices.checking.rules.rule import INFO, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, Said
from notices.reading.parties import MORE_LABEL
from notices.terms import Language


@rule("D33", WARNING, gdpr("12(1)"))
def hedges(notice: NoticeText) -> Iterator[Flaw]:
    """Words that leave the reader in doubt, each once in a section, with its count."""
    places: dict[tuple[int | None, str], Said] = {}
    counts: Counter[tuple[int | None, str]] = Counter()
    for one in notice.sentences:
        language = one.section.language if one.section else notice.main
        if language is None:
            continue
        # A form's own label, "Muut yhteystiedot (esim. puhelin)", says nothing to anybody.
        text = MORE_LABEL.sub(lambda label: " " * len(label[0]), one.folded)
        for found in known.HEDGES[language].finditer(text):
            key = (one.place, found[0])
            places.setdefault(key, one.cut(found))
            counts[key] += 1
    for key, one in places.items():
        yield one.flaw(
            _doubt(one.words, counts[key]),
            _("Say what is done, when and to whom."),
        )


def _doubt(word: str, count: int) -> str:
    if count == 1:
        return _("“%(word)s” leaves the reader in doubt.") % {"word": word}
    return _("“%(word)s” leaves the reader in doubt; it stands here %(count)s times.") % {
        "word": word,
        "count": count,
    }


@rule("D31", WARNING, gdpr("5(1)(a)", "12(1)"))
def leftovers(notice: NoticeText) -> Iterator[Flaw]:
    """Words of somebody else's template, which make no sense here."""
    name = (notice.reading.controller.name or "").casefold()
    for pattern, fits in known.LEFTOVERS:
        if fits.search(name) or notice.says(fits):
            continue
        for one in notice.find(pattern):
            yield one.flaw(
                _("“%(words)s” is from somebody else's notice: nothing else here speaks of it.")
                % {"words": one.words},
                _("Take it out, or write what it means for you."),
            )


@rule("D34", INFO, gdpr("12(1)"))
def slips(notice: NoticeText) -> Iterator[Flaw]:
    """Words damaged by search and replace, wrong or out of date."""
    said = [*notice.headings, *notice.sentences]
    among = [one for one in said if known.ANY_SLIP.search(one.folded)]
    seen = set()
    for pattern, meant in known.TYPOS:
        for one in notice.find(pattern, among):
            seen.add((one.place, one.folded))
            yield one.flaw(
                _("“%(words)s” is misspelt or out of date.") % {"words": one.words},
                _("Write “%(meant)s” in the right form.") % {"meant": meant},
            )
    for pattern in known.DAMAGES:
        for one in notice.find(pattern, among):
            if (one.place, one.folded) not in seen and len(one.folded) == len(one.words):
                seen.add((one.place, one.folded))
                yield one.flaw(
                    _("“%(words)s” looks damaged.") % {"words": one.words},
                    _("Read the sentence aloud and write the word that was meant."),
                )


@rule("LIX", INFO, gdpr("12(1)"))
def hard_to_read(notice: NoticeText) -> Iterator[Flaw]:
    """The whole text of a language: its LIX and the words of its sentences."""
    for language in Language:
        said = [one for one in notice.sentences if one.section and one.section.language == language]
        measured = measure([one.words for one in said])
        limit = known.READABILITY[language]
        if measured.words < known.FEWEST_WORDS:
            continue
        if measured.lix > limit.lix or measured.mean > limit.mean_words:
            yield Flaw(
                _(
                    "The text is hard to read: %(mean)d words in a sentence, and LIX %(lix)d, a "
                    "figure for long sentences and long words; at most %(limit)d is plain."
                )
                % {"lix": measured.lix, "mean": measured.mean, "limit": limit.lix},
                _("Write shorter sentences.")
                if measured.mean > limit.mean_words
                else _("The sentences are short enough: use shorter words, and verbs for nouns."),
                language=language,
            )


@rule("LIX-sentence", INFO, gdpr("12(1)"))
def longest_sentence(notice: NoticeText) -> Iterator[Flaw]:
    """The longest sentence of each language, where it is too long."""
    for language in Language:
        said = [one for one in notice.sentences if one.section and one.section.language == language]
        longest = max(said, key=lambda one: len(one.words.split()), default=None)
        if longest is None:
            continue
        count = len(longest.words.split())
        if count > known.READABILITY[language].longest_words:
            yield longest.flaw(
                _("This is the longest sentence: %(count)d words.") % {"count": count},
                _("Split it into sentences of one thought each."),
            )
