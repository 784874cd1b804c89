"""Words at fault replaced by better ones, where no promise changes with them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from notices.checking import Finding
from notices.checking.known import HEDGES
from notices.checking.rules.parties import AUTHORITY_NUMBER
from notices.checking.sayings import PHONE
from notices.reading import Fact, Reading, ReadSection
from notices.reading.paragraphs import sentences
from notices.reading.parties import MORE_LABEL
from notices.reading.said import fold_case
from notices.terms import Language, SectionKey
from notices.writing.texts import texts_of

NOT_DIGITS = re.compile(r"\D")
Better = Callable[[Finding, Reading], str | None]

#: What search and replace, haste and old offices left behind (D31, D34).
TYPOS = {
    "riorganisaation": "organisaation",
    "yorganisaation": "organisaation",
    "tietosuojasetuksen": "tietosuoja-asetuksen",
    "tietosuojasetusta": "tietosuoja-asetusta",
    "tietosuojaja-asetusta": "tietosuoja-asetusta",
    "ulkoituskumppanit": "ulkoistuskumppanit",
    "luottihakemukseen": "luottohakemukseen",
    "tilastollisiin tarkoitukseen": "tilastollisiin tarkoituksiin",
    "katseluaikat": "katseluajat",
    "yritykseen- tai": "yritykseen tai",
    "puhelinvaihe": "puhelinvaihde",
    "henkilökohtai-semman": "henkilökohtaisemman",
    "suojaaa": "suojaa",
    "vieraillevalla": "vierailevalla",
    "aihepiiritedon": "aihepiiritiedon",
    "soveltuvien osin": "soveltuvin osin",
    "rekisteröityneen": "rekisteröidyn",
    "asiakasomistaja- ja asiakasrekisteriä": "asiakasrekisteriä",
    "atk:lla käsiteltävät toiminnot": "sähköinen aineisto",
    "atk:lla": "tietojärjestelmässä",
}
#: Laws that are no longer in force, and what holds in their place, by their endings (D01).
LAWS = {
    "henkilötietolaki": "tietosuojalaki",
    "henkilötietolain": "tietosuojalain",
    "henkilötietolakia": "tietosuojalakia",
    "henkilötietolaissa": "tietosuojalaissa",
    "henkilötietolakiin": "tietosuojalakiin",
    "henkilötietolaista": "tietosuojalaista",
    "tietoyhteiskuntakaari": "laki sähköisen viestinnän palveluista",
    "tietoyhteiskuntakaaren": "sähköisen viestinnän palveluista annetun lain",
    "tietoyhteiskuntakaaressa": "sähköisen viestinnän palveluista annetussa laissa",
    "personuppgiftslagen": "dataskyddslagen",
    "personuppgiftslagens": "dataskyddslagens",
    "personal data act": "Data Protection Act",
    "523/1999": "1050/2018",
    "516/2004": "917/2014",
}


def corrected(finding: Finding, reading: Reading) -> str | None:
    """The word spelt right, where the mistake is known."""
    return _in_the_same_case(finding.words or "", TYPOS)


def in_force(finding: Finding, reading: Reading) -> str | None:
    """The law that holds in place of the one named."""
    return _in_the_same_case(finding.words or "", LAWS)


def _in_the_same_case(words: str, table: dict[str, str]) -> str | None:
    """The words after every entry of `table`, the longest first; None where none is found."""
    known = sorted(table, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in known), re.I)
    better = pattern.sub(lambda found: _cased(found[0], table[found[0].casefold()]), words)
    return better if better != words else None


def _cased(old: str, new: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


def contact_address(finding: Finding, reading: Reading) -> str | None:
    """D02: the address for requests, where a form's placeholder was left."""
    address = reading.contact.email or reading.controller.email
    words = finding.words or ""
    named = any(hint in words.casefold() for hint in ("post", "mail"))
    if not address or not named:
        return None
    return f"({address})" if words.startswith("(") else address


def usual_number(finding: Finding, reading: Reading) -> str | None:
    """D38: the number as the authority, or else the notice the first time, writes it."""
    digits = NOT_DIGITS.sub("", finding.words or "")
    if not digits:
        return None
    written = (found[0] for one in reading.sections for found in PHONE.finditer(one.text))
    same = (number for number in written if NOT_DIGITS.sub("", number) == digits)
    return AUTHORITY_NUMBER.get(digits) or next(same, None)


def without_tags(finding: Finding, reading: Reading) -> str | None:
    """D35: nothing in place of a tag that stands in the text."""
    return "" if finding.place is not None and finding.words else None


def reworded(reading: Reading, place: int, old: str, new: str) -> Reading:
    """`reading` with `new` for `old` everywhere in the section at `place` and in its facts."""
    sections = list(reading.sections)
    section = sections[place]
    sections[place] = replace(
        section,
        heading=section.heading.replace(old, new),
        text=section.text.replace(old, new),
        own_words=section.own_words.replace(old, new),
    )
    facts = tuple(
        replace(fact, words=fact.words.replace(old, new)) if fact.section == place else fact
        for fact in reading.facts
    )
    return replace(reading, sections=tuple(sections), facts=facts)


def unclear_sentences(finding: Finding, reading: Reading) -> Iterator[str]:
    """The sentences of a section that hold the words at fault, each once."""
    if finding.place is None or not finding.words:
        return
    section = reading.sections[finding.place]
    said = chain(sentences(section.text), sentences(section.own_words))
    for sentence in dict.fromkeys(said):
        if still_says(sentence, finding, section.language):
            yield sentence


def still_says(sentence: str, finding: Finding, language: Language) -> bool:
    """Whether `sentence` holds the words at fault; of a hedge, as a word of its own and in no
    label of a form."""
    text, words = fold_case(sentence), fold_case(finding.words or "")
    if finding.id != "D33":
        return words in text or text in words
    found = HEDGES[language].finditer(MORE_LABEL.sub("", text))
    return any(one[0] == words for one in found)


def resaid(reading: Reading, place: int, old: str, new: str) -> Reading:
    """`reading` with the sentence `new` for `old`, or without it; a clause that `old` said is
    said by `new`."""
    facts = tuple(
        replace(fact, words=new)
        if fact.section == place and fact.words in old and (not new or fact.words not in new)
        else fact
        for fact in reading.facts
    )
    told = replace(reading, facts=facts)
    return reworded(told, place, old, new) if new else _left_out(told, place, old)


def _left_out(reading: Reading, place: int, old: str) -> Reading:
    sections = list(reading.sections)
    section = sections[place]
    sections[place] = replace(
        section,
        text=_without_sentence(section.text, old),
        own_words=_without_sentence(section.own_words, old),
    )
    return replace(reading, sections=tuple(sections))


def _without_sentence(text: str, sentence: str) -> str:
    if sentence not in text:
        return text
    lines = (" ".join(line.replace(sentence, "").split()) for line in text.split("\n"))
    kept = "\n".join(line for line in lines if line not in ("-", "–"))
    return re.sub(r"\n{3,}", "\n\n", kept).strip("\n")


def without_words(reading: Reading, place: int, words: str) -> Reading:
    """`reading` without the sentences of a section that hold `words`, in its own words too; a
    matter of its own of which nothing is left goes whole."""
    sections = list(reading.sections)
    section = sections[place]
    sections[place] = replace(
        section,
        text=_without(section.text, words),
        own_words=_without(section.own_words, words),
    )
    left = replace(reading, sections=tuple(sections))
    gone = section.key == SectionKey.OTHER and sections[place].empty and not section.own_words
    return without_section(left, place) if gone else left


def without_section(reading: Reading, place: int) -> Reading:
    """`reading` without a section; what it said is said nowhere yet."""

    def moved(fact: Fact) -> Fact:
        if fact.section is None or fact.section < place:
            return fact
        if fact.section == place:
            return replace(fact, section=None, words="")
        return replace(fact, section=fact.section - 1)

    sections = (*reading.sections[:place], *reading.sections[place + 1 :])
    return replace(reading, sections=sections, facts=tuple(map(moved, reading.facts)))


def with_own_section(
    reading: Reading, key: SectionKey, text: str, *, beside: bool = False
) -> Reading:
    """`reading` whose heading `key`, in its authoritative language, says `text` of the
    controller's own; `beside` what the program writes there it stands as own words."""
    languages = [one.language for one in reading.sections] or list(reading.languages)
    language = next((one for one in Language if one in languages), Language.FINNISH)
    spots = [(one.key, one.language) for one in reading.sections]
    if (key, language) not in spots:
        heading = texts_of(language)[f"headings.{key}"]
        section = ReadSection(key, language, heading, "", position=reading.position_for(key))
        reading = replace(reading, sections=(*reading.sections, section))
        spots.append((key, language))
    place = spots.index((key, language))
    sections = list(reading.sections)
    sections[place] = (
        replace(sections[place], text="", own_words=text)
        if beside
        else replace(sections[place], text=text, written=False)
    )
    facts = tuple(
        replace(fact, section=None, words="")
        if fact.section == place and fact.words not in text
        else fact
        for fact in reading.facts
    )
    return replace(reading, sections=tuple(sections), facts=facts)


def _without(text: str, words: str) -> str:
    lines = (
        " ".join(part for part in re.split(r"(?<=[.!?])\s+", line) if words not in part)
        for line in text.split("\n")
    )
    kept = "\n".join(lines) if words in text else text
    return re.sub(r"\n{3,}", "\n\n", kept).strip("\n")


def says(section: ReadSection, words: str) -> bool:
    """Whether `words` stand anywhere in `section`."""
    return any(words in part for part in (section.heading, section.text, section.own_words))


def language_of(finding: Finding, reading: Reading) -> Language:
    """The language of the place that is at fault."""
    return finding.language or next(iter(reading.languages), Language.FINNISH)
