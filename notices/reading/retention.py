"""How long data are kept: each period with its start, and when a relationship ends by itself."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from notices.terms import ClauseKind, DataCategory, Language, RetentionStart, SectionKey

from . import recognisers
from .paragraphs import split_segments
from .reading import Fact
from .said import Said, fact_of, marked_elsewhere, under

#: "viimeisestä tilauksesta": from when it is counted, and not what is kept.
FROM_WHEN = re.compile(
    r"\b\w+(?:sta|stä)\b|\b(?:från|efter) \w+(?: \w+)?|\b(?:from|after|since) (?:the |your )?\w+"
)
BEFORE_LONE_UNIT = re.compile(
    r"(?:^|(?:säilyt|poist|hävit|tuho)\w{2,8} |enintään |lagras (?:i )?|kept for "
    r"|(?:ajan|aikana|kestää) (?:ja|sekä) )$"
)
#: "Tuhotaan kuukauden kuluessa": how soon something is done, and not how long data are kept.
TIME_TO_ACT = re.compile(
    r" (?:kuluessa|sisällä|sisään)\b"
    r"(?! (?:\w{1,20} ){0,2}(?:päättymises|tilaukses|ostos|eroamises|käynnis|toimitukses))"
)
AFTER_LONE_UNIT = re.compile(
    r" (?:kuluttua|kuluessa|ajan|\w{3,20}st[aä]\b|(?:sen|niiden|tämän) (?:jälkeen|päättym))"
)
#: "Kuusi vuotta kirjanpitolain mukaan": that law counts from the end of the financial year.
BY_BOOKKEEPING_LAW = re.compile(r"kirjanpitol(?:aki|ai)|bokföringslag|accounting act")
#: In Swedish and English a start stands behind such a word; before it stand the data.
START_WORDS = {
    Language.SWEDISH: re.compile(r"\b(?:efter|från|sedan|räknat|sen|under|så länge|när|om)\b"),
    Language.ENGLISH: re.compile(
        r"\b(?:after|from|since|following|thereafter|during|for the|as long as|when|if|of)\b"
    ),
}


def retention_of(said: Sequence[Said]) -> list[Fact]:
    """Each period with its start (P31); a period without a start can be no rule."""
    home = under(said, SectionKey.RETENTION)
    keys = {id(one) for one in home}
    elsewhere = [
        one
        for one in said
        if id(one) not in keys
        and one.section.key in ELSEWHERE
        and recognisers.SPEAKS_OF_RETENTION.search(one.folded)
    ]
    facts = [
        *(fact for one in home for fact in _rules(one)),
        *marked_elsewhere(fact for one in elsewhere for fact in _rules(one)),
    ]
    inactive = next(filter(None, map(_inactive_months, [*home, *elsewhere])), None)
    return [
        replace(fact, inactive_months=inactive)
        if fact.term == RetentionStart.RELATIONSHIP_END
        else fact
        for fact in _each_once(facts, said)
    ]


ELSEWHERE = (
    SectionKey.PURPOSE,
    SectionKey.DATA_CONTENT,
    SectionKey.DATA_CATEGORIES,
    SectionKey.OTHER,
    SectionKey.COOKIES,
)


def _each_once(facts: Iterable[Fact], said: Sequence[Said]) -> Iterator[Fact]:
    """What another language says again is the same rule."""
    languages = {one.index: one.section.language for one in said}
    seen: dict[object, Language] = {}
    for fact in dict.fromkeys(facts):
        language = languages[fact.section]
        rule = (fact.term, fact.years, fact.months, fact.categories)
        if seen.setdefault(rule, language) == language:
            yield fact


def _is_inactivity(one: Said) -> bool:
    return recognisers.ENDS_UNSAID[one.section.language].matches(one.folded)


def _inactive_months(one: Said) -> int | None:
    if not _is_inactivity(one):
        return None
    lengths = (_length(period, one.folded) for period in recognisers.PERIOD.finditer(one.folded))
    return next((years * 12 + months for years, months in lengths if years or months), None)


def periods_in(words: str, language: Language) -> list[int]:
    """The months of each period that case-folded words give, but not how soon a thing is done, nor
    when a relationship has ended."""
    if recognisers.ENDS_UNSAID[language].matches(words):
        return []
    lengths = [
        _length(period, words)
        for period in recognisers.PERIOD.finditer(words)
        if not TIME_TO_ACT.match(words[period.end() :])
    ]
    return [years * 12 + months for years, months in lengths if years or months]


def _rules(one: Said) -> Iterator[Fact]:
    if _is_inactivity(one):
        return
    text, language = one.folded, one.section.language
    found = [
        period
        for period in recognisers.PERIOD.finditer(text)
        if any(_length(period, text)) and not TIME_TO_ACT.match(text[period.end() :])
    ]
    segments = split_segments(text)
    previous = 0
    for number, period in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        segment = next(one for one in segments if one[0] <= period.start() < one[1])
        start = _start(text, period, previous, end, segment, language)
        if start:
            years, months = _length(period, text)
            yield replace(
                fact_of(ClauseKind.RETENTION, start, one),
                years=years or None,
                months=months or None,
                categories=_categories(text[previous : period.start()], language),
            )
        previous = period.end()


def _start(
    text: str,
    period: re.Match[str],
    previous: int,
    end: int,
    segment: tuple[int, int],
    language: Language,
) -> RetentionStart | None:
    """The start told nearest: after the period, in its own part of the sentence, in all of it."""
    for part in (
        text[period.start() : min(end, segment[1])],
        text[max(previous, segment[0]) : min(end, segment[1])],
        text[period.start() : end],
        text[previous:],
    ):
        if starts := recognisers.STARTS.terms(_from_start_word(part, language), language):
            return starts[0]
    by_law = period["year"] and BY_BOOKKEEPING_LAW.search(text[previous:end])
    return RetentionStart.FINANCIAL_YEAR_END if by_law else None


def _from_start_word(part: str, language: Language) -> str:
    if language not in START_WORDS:
        return part
    word = START_WORDS[language].search(part)
    return part[word.start() :] if word else ""


def _length(period: re.Match[str], text: str) -> tuple[int, int]:
    """Years and months of a period; none for days, and for a unit that nobody counts."""
    word = period["number"]
    if word is None and not _is_one(period, text):
        return 0, 0
    number = 1 if word is None else recognisers.NUMBERS.get(word, -1)
    if number == -1:
        number = int(word)
    if number == 0 and period["year"] and word in recognisers.NUMBERS:
        return 0, 6
    if period["year"]:
        return number, 0
    if period["month"]:
        return divmod(number, 12) if number % 12 == 0 else (0, number)
    return 0, 0


def _is_one(period: re.Match[str], text: str) -> bool:
    """Whether "vuoden" by itself means one year: not in "sen vuoden lopusta"."""
    return bool(
        BEFORE_LONE_UNIT.search(text[: period.start()])
        and AFTER_LONE_UNIT.match(text[period.end() :])
    )


def _categories(subject: str, language: Language) -> tuple[DataCategory, ...]:
    """What the words before a period say that it is about; none means all the rest."""
    rest = FROM_WHEN.sub(" ", subject)
    found = set()
    for category, pattern in [
        *recognisers.RETAINED[language],
        *recognisers.DATA[language],
    ]:
        rest, count = pattern.subn("|", rest)
        if count and category is None and (category, pattern) in recognisers.RETAINED[language]:
            return ()
        if count and category:
            found.add(category)
    if DataCategory.NAME in found:
        return ()  # without a name nothing is left of a customer: it is about all the rest
    return tuple(category for category in DataCategory if category in found)
