"""Who the controller is, whom to ask, when the notice was drawn up, in which languages."""

import re
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext

from notices.checking.sayings import PO_BOX
from notices.improving.facts import with_facts
from notices.improving.question import BadAnswer, Given, Question, Shape, yes_or_no
from notices.improving.topic import topic
from notices.reading import Reading
from notices.terms import ClauseKind, Language, SectionKey, Statement

#: Postcode and town: 00100 Helsinki, 111 22 Stockholm.
POSTCODE = re.compile(r"\b\d{3} ?\d{2}\s+[^\W\d]")
AT = re.compile(r"\s?[(\[](?:at|ät|miukumauku|snabel-a)[)\]]\s?", re.IGNORECASE)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def _address(address: str, help_text: str, *, is_whole: bool) -> Question:
    return Question(
        "controller.address",
        gettext("Controller's postal address"),
        help_text,
        initial=address,
        partial=not is_whole,
    )


def _whole_address(given: Given) -> str:
    address: str = given["controller.address"]
    if not POSTCODE.search(address):
        raise BadAnswer("controller.address", gettext("Add the postcode and the town."))
    return address


def _email(*addresses: str | None) -> str:
    """The first whole address; notices hide the sign from robots."""
    plain = [AT.sub("@", one) for one in addresses if one]
    return next((one for one in plain if EMAIL.fullmatch(one)), "")


def ask_controller(reading: Reading, today: date) -> list[Question]:
    """Art. 13(1)(a): who it is and where to reach it."""
    controller = reading.controller
    address = controller.address or ""
    return [
        Question(
            "controller.name", gettext("Name of the controller"), initial=controller.name or ""
        ),
        _address(
            address,
            gettext("Street, postcode and town."),
            is_whole=bool(POSTCODE.search(address)),
        ),
        Question(
            "controller.email",
            gettext("Controller's e-mail address"),
            initial=_email(controller.email, reading.contact.email),
            shape=Shape.EMAIL,
        ),
        Question(
            "controller.phone",
            gettext("Controller's phone number"),
            initial=controller.phone or "",
            required=False,
        ),
    ]


def tell_controller(reading: Reading, given: Given) -> Reading:
    """The controller as answered."""
    controller = replace(
        reading.controller,
        name=given["controller.name"],
        address=_whole_address(given),
        email=given["controller.email"],
        phone=given["controller.phone"],
    )
    return replace(reading, controller=controller)


def ask_officer(reading: Reading, today: date) -> list[Question]:
    """Arts 13(1)(b), 37 (V09): whether there is an officer, which no clause of ours can name."""
    return [
        Question(
            "officer",
            gettext("Have you appointed a data protection officer?"),
            gettext("Most small firms need none."),
            choices=yes_or_no(),
            shape=Shape.CHOICE,
        )
    ]


def tell_officer(reading: Reading, given: Given) -> Reading:
    """That there is none, where that was answered."""
    if given["officer"] == "yes":
        raise BadAnswer(
            "officer",
            gettext("Then give the officer's contact details in the text on the contact person."),
        )
    return with_facts(reading, ClauseKind.STATEMENT, [Statement.NO_OFFICER])


def ask_box(reading: Reading, today: date) -> list[Question]:
    """D39: a trader need not publish where he or she lives."""
    address = reading.controller.address or ""
    return [
        _address(
            address,
            gettext("A box or the address of a place of business, with postcode and town."),
            is_whole=bool(PO_BOX.search(address)),
        )
    ]


def tell_box(reading: Reading, given: Given) -> Reading:
    """The address that is not a home."""
    return replace(reading, controller=replace(reading.controller, address=_whole_address(given)))


def ask_contact(reading: Reading, today: date) -> list[Question]:
    """Whom to ask about the register (P03); often the controller itself."""
    contact, controller = reading.contact, reading.controller
    return [
        Question(
            "contact.name",
            gettext("Who answers for the register"),
            gettext("A person or a post, such as “data protection contact”."),
            initial=contact.name or "",
        ),
        Question(
            "contact.email",
            gettext("E-mail address for requests"),
            initial=_email(contact.email, controller.email),
            shape=Shape.EMAIL,
        ),
    ]


def tell_contact(reading: Reading, given: Given) -> Reading:
    """The contact person as answered."""
    contact = replace(reading.contact, name=given["contact.name"], email=given["contact.email"])
    return replace(reading, contact=contact)


def ask_email(reading: Reading, today: date) -> list[Question]:
    """Where requests go, asked only of a notice that does not say."""
    known = reading.contact.email or reading.controller.email
    return [] if known else [ask_contact(reading, today)[1]]


def tell_email(reading: Reading, given: Given) -> Reading:
    """The address for requests, where it was asked."""
    if not given["contact.email"]:
        return reading
    return replace(reading, contact=replace(reading.contact, email=given["contact.email"]))


def ask_dates(reading: Reading, today: date) -> list[Question]:
    """P01, D10: when these words were last looked at."""
    return [
        Question(
            "updated_on",
            gettext("Updated on"),
            gettext("The day from which the new text holds."),
            initial=today.isoformat(),
            shape=Shape.DAY,
        )
    ]


def tell_dates(reading: Reading, given: Given) -> Reading:
    """The first date of a notice is when it was drawn up, each later one when it was updated."""
    if reading.drawn_up_on is None or reading.drawn_up_on == given["updated_on"]:
        return replace(reading, drawn_up_on=given["updated_on"], updated_on=None)
    return replace(reading, updated_on=given["updated_on"])


def ask_register_name(reading: Reading, today: date) -> list[Question]:
    """P04."""
    return [
        Question(
            "register_name",
            gettext("Name of the register"),
            initial=reading.register_name or "Asiakasrekisteri",
        )
    ]


def tell_register_name(reading: Reading, given: Given) -> Reading:
    """The name as answered."""
    return replace(reading, register_name=given["register_name"])


def ask_languages(reading: Reading, today: date) -> list[Question]:
    """V05, P50: in which languages the notice speaks and requests are served."""
    choices = tuple((str(code), str(label)) for code, label in Language.choices)
    spoken = [*reading.languages, *reading.request_languages] or [Language.FINNISH]
    return [
        Question(
            "languages",
            gettext("Languages in which you answer requests"),
            gettext(
                "A language that the notice lacks is written from its clauses. Your own texts stay,"
                " but for those that lack what every language must say: compare them below."
            ),
            choices=choices,
            initial=" ".join(dict.fromkeys(map(str, spoken))),
            shape=Shape.SEVERAL,
        )
    ]


def tell_languages(reading: Reading, given: Given) -> Reading:
    """Requests in the languages answered, and a notice that at least says so in each of them."""
    chosen = tuple(map(Language, given["languages"]))
    spoken = tuple(dict.fromkeys((*reading.languages, *chosen)))
    return replace(reading, languages=spoken, request_languages=chosen)


CONTROLLER = topic(SectionKey.CONTROLLER, ask=ask_controller, tell=tell_controller)
HOME = topic(SectionKey.CONTROLLER, ask=ask_box, tell=tell_box)
CONTACT = topic(SectionKey.CONTACT, ask=ask_contact, tell=tell_contact)
OFFICER = topic(SectionKey.CONTACT, ask=ask_officer, tell=tell_officer)
DATES = topic(SectionKey.DRAWN_UP, ask=ask_dates, tell=tell_dates)
REGISTER_NAME = topic(SectionKey.REGISTER_NAME, ask=ask_register_name, tell=tell_register_name)
LANGUAGES = topic(SectionKey.CONTACT, ask=ask_languages, tell=tell_languages)
