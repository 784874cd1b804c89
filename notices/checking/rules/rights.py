"""The rights of the data subject, and how to use them (art. 12, 13(2)(b), 15-22; P48-P67)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.checking import sayings
from notices.checking.rules.recipients import names_recipients
from notices.checking.rules.rule import ERROR, INFO, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, Said, absent
from notices.reading import recognisers
from notices.reading.facts import RIGHTS_SECTIONS
from notices.reading.said import fold_case
from notices.terms import ClauseKind, Identification, RecipientKind, Right, SectionKey

#: Each right with the words that tell it and the section where it belongs.
RIGHTS: tuple[tuple[Right, re.Pattern[str], SectionKey], ...] = (
    (Right.ACCESS, sayings.ACCESS, SectionKey.ACCESS),
    (Right.RECTIFICATION, sayings.RECTIFICATION, SectionKey.RECTIFICATION),
    (Right.ERASURE, sayings.ERASURE, SectionKey.OTHER_RIGHTS),
    (Right.RESTRICTION, sayings.RESTRICTION, SectionKey.RESTRICTION),
    (Right.PORTABILITY, sayings.PORTABILITY, SectionKey.PORTABILITY),
    (Right.OBJECTION, sayings.OBJECTION, SectionKey.OBJECTION),
)
#: Where a right stands hidden among other matters.
OUT_OF_THE_WAY = (SectionKey.SOURCES, SectionKey.DISCLOSURES)


@rule("D11", ERROR, gdpr("13(1)(e)", "13(2)(b)"))
def missing_rights(notice: NoticeText) -> Iterator[Flaw]:
    """A right, or the recipients, of which the notice says nothing."""
    told = {fact.term for fact in notice.facts(ClauseKind.RIGHT) if fact.words}
    for right, pattern, section in RIGHTS:
        if not notice.says(pattern) and right not in told:
            yield absent(
                section,
                _("The notice does not tell of this right: %(right)s.") % {"right": right.label},
                _("Add a heading for the right, what it means and how to use it."),
            )
    yield from _hidden_erasure(notice)
    if not names_recipients(notice):
        yield absent(
            SectionKey.RECIPIENTS,
            _told_of_recipients(notice),
            _("Name the recipients or their kinds, such as your accounting firm."),
        )


def _told_of_recipients(notice: NoticeText) -> str:
    passing = [fact.term for fact in notice.facts(ClauseKind.RECIPIENT)]
    names = [str(RecipientKind(term).label) for term in dict.fromkeys(passing)]
    if not names:
        return _("The notice does not say who receives the data.")
    told = _(
        "The notice has no list of who receives the data; it names some in passing: %(names)s."
    )
    return told % {"names": ", ".join(names)}


def _hidden_erasure(notice: NoticeText) -> Iterator[Flaw]:
    told = list(notice.telling(sayings.ERASURE))
    hidden = [one for one in told if one.section and one.section.key in OUT_OF_THE_WAY]
    elsewhere = [one for one in told if one not in hidden and _is_about_erasing(one)]
    if hidden and not elsewhere:
        yield hidden[0].flaw(
            _("The right to erasure is told only here, among other matters."),
            _("Tell of the right to erasure under a heading on the rights of the customer."),
        )


def _is_about_erasing(one: Said) -> bool:
    """A correction that may also remove data is no right to erasure."""
    section = one.section
    return section is None or section.key not in (
        SectionKey.RECTIFICATION,
        SectionKey.RETENTION,
        SectionKey.COOKIES,
        SectionKey.TITLE,
    )


@rule("D12", ERROR, gdpr("21(4)"))
def objection_means_something_else(notice: NoticeText) -> Iterator[Flaw]:
    """Under “right to object” stand other rights."""
    section = notice.section(SectionKey.OBJECTION)
    if not section or section[1].empty:
        return
    text = notice.text_of(SectionKey.OBJECTION)
    if not (sayings.OBJECTION.search(text) or sayings.FORBID.search(text)):
        yield notice.at(*section).flaw(
            _("The heading is on the right to object, but the text tells of other rights."),
            _("Say what processing can be objected to, and that marketing can always be refused."),
        )


@rule("21(4)", WARNING, gdpr("21(4)"))
def objection_not_separate(notice: NoticeText) -> Iterator[Flaw]:
    """The right to refuse marketing stands in the middle of another right."""
    if notice.section(SectionKey.OBJECTION):
        return
    for one in notice.own:
        if (
            one.section
            and one.section.key in (SectionKey.ACCESS, SectionKey.RECTIFICATION)
            and sayings.FORBID.search(one.folded)
            and sayings.MARKETING.search(one.folded)
        ):
            yield one.flaw(
                _("The right to refuse marketing stands in the middle of another right."),
                _("Tell of it clearly and apart from all else, under a heading of its own."),
            )


@rule("D25", ERROR, gdpr("17(1)", "21(2)"))
def contact_people_barred(notice: NoticeText) -> Iterator[Flaw]:
    """“Data of contact people cannot be erased”: no law says so (A4)."""
    for one in notice.telling(sayings.BARRED, notice.sentences):
        unclear = sayings.TEMPLATE_TIME.search(one.folded)
        yield one.flaw(
            _("Erasure is refused to contact people in all cases, and “during this time” tells no "
              "time.")
            if unclear
            else _("Erasure is refused to contact people in all cases, which no law allows."),
            _("Say that you erase on request, and what may prevent it until when."),
        )  # fmt: skip


@rule("D23", ERROR, gdpr("12(2)", "12(6)"))
def signature_only(notice: NoticeText) -> Iterator[Flaw]:
    """A signature as the only way to show who asks (A4); and a sentence that breaks off."""
    for one in notice.telling(sayings.TORN_SENTENCE):
        yield one.flaw(
            _("The sentence breaks off: it is not clear how the e-mail address is used."),
            _("Write that the request can be signed or sent from an e-mail address that you know."),
            INFO,
        )
    free = notice.answers(sayings.SIGNATURE_NOT_NEEDED)
    pattern = sayings.SIGNATURE_DEMANDED if free else sayings.SIGNATURE
    seen = set()
    for one in notice.telling(pattern):
        if one.place not in seen and _demands_signature(notice, one):
            seen.add(one.place)
            yield one.flaw(
                _("A signature is demanded here, though the notice says elsewhere that none is "
                  "needed.")
                if free
                else _("A signature is the only way that is accepted, but signatures are not "
                       "compared with anything."),
                _("Accept other ways too, such as a link sent to the e-mail address you know."),
            )  # fmt: skip


def _demands_signature(notice: NoticeText, one: Said) -> bool:
    if sayings.SIGNATURE_NOT_NEEDED.search(one.folded):
        return False
    if sayings.ABOUT_UNDERTAKING.search(one.folded) or not one.section:
        return False
    if one.section.key not in (*RIGHTS_SECTIONS, SectionKey.OTHER):
        return False
    if one.section.key == SectionKey.OTHER and not sayings.REQUEST.search(_about(notice, one)):
        return False
    if recognisers.ABOUT_REFUSAL.search(one.folded):
        return False
    together = [other for other in notice.own if other.place == one.place]
    return not any(_offers_another_way(other) for other in together)


def _about(notice: NoticeText, one: Said) -> str:
    heading = one.section.heading if one.section else ""
    return f"{fold_case(heading)}\n{notice.text_at(one.place)}"


def _offers_another_way(one: Said) -> bool:
    language = one.section.language if one.section else recognisers.FI
    if sayings.OR_BY_EMAIL.search(one.folded):
        return True
    ways = recognisers.WAYS.terms(one.folded, language)
    return any(way != Identification.SIGNATURE for way in ways)


@rule("D24", WARNING, gdpr("12(2)", "12(3)", "12(5)", "79"))
def how_to_use_rights(notice: NoticeText) -> Iterator[Flaw]:
    """An electronic way, the time, the price and the court (rec. 59)."""
    if not _gives_electronic_way(notice):
        yield absent(
            SectionKey.CONTACT,
            _("The notice gives no e-mail address and no form for requests."),
            _("Give an e-mail address or a form for requests."),
        )
    if not notice.answers(sayings.RESPONSE_TIME):
        yield absent(
            SectionKey.ACCESS,
            _("The notice does not say when a request is answered."),
            _("Say that you answer within one month at the latest."),
        )
    if not notice.answers(sayings.FREE):
        yield absent(
            SectionKey.OTHER_RIGHTS,
            _("The notice does not say that requests are free of charge."),
            _("Say that requests are handled free of charge."),
        )
    if not notice.answers(sayings.COURT):
        yield absent(
            SectionKey.COMPLAINT,
            _("The notice does not say that a matter can be taken to court."),
            _("Say that the customer can also take the matter to court."),
        )


def _gives_electronic_way(notice: NoticeText) -> bool:
    reading = notice.reading
    return bool(
        reading.contact.email
        or reading.controller.email
        or notice.answers(sayings.FORM)
        or any(
            not sayings.AUTHORITY_EMAIL.search(found[0].rstrip("."))
            for found in sayings.EMAIL.finditer(notice.body)
        )
    )


@rule("D36", WARNING, gdpr("12(1)"))
def languages_of_requests(notice: NoticeText) -> Iterator[Flaw]:
    """In what language to ask; and a notice in each language that is promised (P50)."""
    promised = notice.reading.request_languages
    if not promised and not notice.answers(sayings.REQUEST_LANGUAGE):
        yield absent(
            SectionKey.ACCESS,
            _("The notice does not say in which languages requests can be made."),
            _("Name the languages in which you take requests and answer them."),
        )
        return
    lacking = [language for language in promised if language not in notice.reading.languages]
    if not lacking:
        return
    names = ", ".join(str(LANGUAGE_NAMES[language]()) for language in lacking)
    message = _("Requests are taken in a language in which there is no notice: %(languages)s.") % {
        "languages": names
    }
    advice = _("Translate the notice into each language in which you take requests.")
    for one in notice.telling(sayings.REQUEST_LANGUAGE):
        yield one.flaw(message, advice)
        return
    yield absent(SectionKey.ACCESS, message, advice)


LANGUAGE_NAMES = {
    "fi": lambda: _("Finnish"),
    "sv": lambda: _("Swedish"),
    "en": lambda: _("English"),
}
