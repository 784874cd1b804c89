"""Who is responsible, and how to reach them (art. 13(1)(a)-(b); P02, P03, V09)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.checking import sayings
from notices.checking.rules.rule import ERROR, INFO, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, Said, absent
from notices.reading.parties import OF_SITE, STREET
from notices.terms import ClauseKind, SectionKey, Statement

CONTROLLER, CONTACT = SectionKey.CONTROLLER, SectionKey.CONTACT
DIGITS = re.compile(r"\D")
SOLE_TRADER = re.compile(r"\b(?:tmi|toiminimi)\b")
HUMAN_NAME = re.compile(r"[^\W\d_][\w'-]+(?: [^\W\d_][\w.'-]+){1,2}$")


@rule("D07", ERROR, gdpr("13(1)(a)"))
def no_controller(notice: NoticeText) -> Iterator[Flaw]:
    """Nobody is named as the controller (P02)."""
    if not _names_controller(notice):
        yield absent(
            CONTROLLER,
            _("The notice does not say who the controller is or how to reach them."),
            _("Write the name of your firm, its postal address, phone number and e-mail address."),
        )


def _names_controller(notice: NoticeText) -> bool:
    section = notice.section(CONTROLLER)
    return bool(
        notice.reading.controller.name
        or (section and not section[1].empty and not OF_SITE.search(section[1].text))
        or notice.says(sayings.CONTROLLER_NAMED)
    )


@rule("D08", ERROR, gdpr("13(1)(a)"))
def no_contact_details(notice: NoticeText) -> Iterator[Flaw]:
    """The controller is only named (002)."""
    if not _names_controller(notice) or _has_contact_details(notice):
        return
    section = notice.section(CONTROLLER)
    message = _("The controller is named, but no address, phone number or e-mail address is given.")
    advice = _("Add the postal address, the phone number and the e-mail address of the controller.")
    if section:
        yield notice.at(*section).flaw(message, advice)
    else:
        yield absent(CONTROLLER, message, advice)


def _has_contact_details(notice: NoticeText) -> bool:
    controller = notice.reading.controller
    if controller.address or controller.phone or controller.email:
        return True
    elsewhere = (
        one
        for one in notice.own
        if not one.section or one.section.key not in (CONTACT, SectionKey.COMPLAINT)
    )
    return any(_is_own_contact(one) for one in elsewhere) or any(
        sayings.POSTCODE.search(one.folded) for one in notice.under(CONTACT)
    )


def _is_own_contact(one: Said) -> bool:
    email = sayings.EMAIL.search(one.folded)
    if email and not sayings.AUTHORITY_EMAIL.search(email[0].rstrip(".")):
        return True
    return bool(sayings.POSTCODE.search(one.folded)) and "tietosuoj" not in one.folded


@rule("D09", WARNING, gdpr("13(1)(a)"))
def half_an_address(notice: NoticeText) -> Iterator[Flaw]:
    """A street without a postcode and a city is no postal address."""
    address = notice.reading.controller.address
    if not address or sayings.POSTCODE.search(address.casefold()):
        return
    section = notice.section(CONTROLLER)
    part = next((part for part in address.split(", ") if section and part in section[1].text), None)
    message = _("The address of the controller has no postcode and no city.")
    advice = _("Add the postcode and the city, such as 00100 Helsinki.")
    if part and section:
        yield Said(part, *section).flaw(message, advice)
    else:
        yield absent(CONTROLLER, message, advice)


@rule("D39", WARNING, gdpr("5(1)(c)", "13(1)(a)"))
def home_address(notice: NoticeText) -> Iterator[Flaw]:
    """A trader who is the controller in person tells everybody where he or she lives (004)."""
    controller, contact = notice.reading.controller, notice.reading.contact
    section = notice.section(CONTROLLER)
    if not (section and controller.name and controller.address and contact.name):
        return
    if not _is_person(controller.name, contact.name) or sayings.PO_BOX.search(controller.address):
        return
    if not STREET.search(controller.address):
        return
    words = controller.address if controller.address in section[1].text else controller.name
    yield Said(words, *section).flaw(
        _("The controller is a person, and the address looks like a home address."),
        _("Give a post office box or the address of your premises if you want to keep your home."),
    )


def _is_person(controller: str, contact: str) -> bool:
    """Whether the contact person is the controller: "Tmi Aura Suvi", "Valokuvaaja Aura Suvi"."""
    trade, found, rest = controller.casefold().rpartition(contact.casefold())
    named = SOLE_TRADER.sub("", f"{trade} {rest}")
    return bool(found and HUMAN_NAME.match(contact)) and not sayings.COMPANY.search(named)


@rule("D38", INFO, gdpr("13(1)(b)", "37"))
def officer_and_phone_numbers(notice: NoticeText) -> Iterator[Flaw]:
    """Whether there is a data protection officer (V09), and one way of writing a number."""
    named = notice.promises(ClauseKind.STATEMENT, Statement.NO_OFFICER)
    if not named and not notice.says(sayings.OFFICER):
        yield absent(
            CONTROLLER,
            _("The notice does not say whether there is a data protection officer."),
            _("Give the contact details of the officer, or say that none is appointed."),
        )
    yield from _numbers_written_in_two_ways(notice)


#: The Ombudsman writes its own number like this.
AUTHORITY_NUMBER = {"0295666700": "029 566 6700", "0295666768": "029 566 6768"}


def _numbers_written_in_two_ways(notice: NoticeText) -> Iterator[Flaw]:
    first = dict(AUTHORITY_NUMBER)
    for one in notice.find(sayings.PHONE, notice.own):
        number = DIGITS.sub("", one.words)
        if one.words.startswith("+"):
            continue
        written = first.setdefault(number, one.words)
        if written != one.words:
            yield one.flaw(
                _("The same phone number is usually written %(number)s.") % {"number": written},
                _("Write a phone number in the same way everywhere."),
            )
