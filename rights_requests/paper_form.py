"""The request form on paper: for those who print, write and send a letter (art. 12(2); I01).

It asks what the form on the web asks, and like that one makes nothing a condition: not the form
itself, not a signature (art. 12(6); A4). What was typed on the web can be printed on it; nothing of
that is stored.
"""

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext, override

from audit.paper import Pdf, pdf_of
from audit.texts import one_line
from notices.authority import authority
from notices.export.pages import languages_of, standalone
from notices.models import Notice
from notices.offering import objectionable
from notices.terms import ClauseKind, Identification, ProhibitionScope, Right
from rights_requests.forms import IN_WORDS, RequestForm
from rights_requests.letters import contact_lines
from rights_requests.models import OWN_WORDS
from rights_requests.offering import offered

LAYOUT = (Path(__file__).parent / "paper_form.typ").read_bytes()
NAME = "request-form"
BY_POST = "without-email"
#: What the answers below the rights are, of all that the form on the web asks.
IN_OWN_WORDS = (
    "erased_data",
    "restricted_data",
    "transfer_to",
    "transfer_address",
    "objection_ground",
    "uses",
    "wants_recipients",
)


def files_of(notice: Notice) -> dict[str, bytes]:
    """The form as a page and as PDF, and how to ask without e-mail, in every language of `notice`,
    by file name."""
    files: dict[str, bytes] = {}
    for language in languages_of(notice):
        values = values_of(notice, language)
        files[f"{NAME}-{language}.html"] = standalone(
            "requests/paper_form.html", notice, language, name=NAME, form=values
        )
        files[f"{NAME}-{language}.pdf"] = _paper(notice, values)
        files[f"{BY_POST}-{language}.html"] = standalone(
            "requests/without_email_apart.html",
            notice,
            language,
            name=BY_POST,
            **without_email(notice),
            web_address=values["web_address"],
            paper_address=f"{NAME}-{language}.pdf",
        )
    return files


def without_email(notice: Notice) -> dict[str, Any]:
    """What the page on asking without e-mail says: how we are reached, and the rights for which
    `notice` takes a signed letter as the proof (P51)."""
    signed = {
        clause.term
        for clause in notice.clauses.filter(kind=ClauseKind.RIGHT)
        if Identification.SIGNATURE in clause.ways
    }
    return {
        "contact": _lines([notice.controller_name, *contact_lines(notice)]),
        "signed": [str(right.label) for right in offered(notice) if right in signed],
    }


def blank(notice: Notice, language: str) -> Pdf:
    """The empty form in `language`, to print."""
    return _kept(json.dumps({**values_of(notice, language), "date": _day_of(notice)}))


@lru_cache(maxsize=8)
def _kept(values: str) -> Pdf:
    # anybody may ask for it, again and again
    content = json.loads(values)
    return pdf_of(LAYOUT, content, date(*content["date"]))


def filled(notice: Notice, asked: RequestForm, language: str) -> Pdf:
    """The form in `language` with what was typed and found valid in `asked`; nothing is stored of
    it. The day and the signature are left to the hand."""
    values = values_of(notice, language)
    said = asked.cleaned_data
    within: dict[str, set[str]] = {
        Right.RESTRICTION: {said.get("restriction_ground", "")},
        Right.OBJECTION: set(said.get("objected_purposes", ())),
        Right.WITHDRAWAL: set(said.get("withdrawn_purposes", ())),
        Right.PROHIBITION: set(said.get("scopes", ())),
    }
    for right in values["rights"]:
        right["is_chosen"] = right["key"] in asked.rights
        for choice in right["within"]:
            choice["is_chosen"] = choice["key"] in within[right["key"]]
    values["said"] = [
        {"label": one.label, "lines": [one_line(line) for line in one.text.split("\n")]}
        for one in asked.answers(IN_OWN_WORDS)
    ]
    typed = {**said, "city": f"{said['postcode']} {said['city']}"}
    for field in values["fields"]:
        field["value"] = one_line(typed[field["key"]])
    return _paper(notice, values)


def values_of(notice: Notice, language: str) -> dict[str, Any]:
    """What stands on the form in `language`, as plain values."""
    with override(language):
        return {
            "language": language,
            "title": gettext("Request about personal data"),
            "controller": one_line(notice.controller_name),
            "register": gettext("Register: %(name)s") % {"name": one_line(notice.name)},
            "intro": _intro(),
            "choose": gettext("What do you ask for? Tick one or several."),
            "rights": [_right(right, notice) for right in offered(notice)],
            "about": gettext("What is it about?"),
            "said": [],
            "about_hint": gettext(
                "For a rectification: what is wrong or missing, what it should be, and why. For an "
                "objection: your own situation. For an erasure or a restriction of some data only: "
                "which. For the transfer of data to another controller: its name and its e-mail "
                "address. No other right needs an explanation."
            ),
            "who": gettext("Who you are"),
            "who_hint": gettext(
                "Write an e-mail address or a postal address, so that we can answer. For a "
                "prohibition, write what it is for: an address or a number is enough."
            ),
            "fields": _fields(),
            "signature": gettext("Signature (may be left out)"),
            "signature_hint": gettext(
                "Nobody has to sign. If we cannot otherwise be sure that it is you who asks, we "
                "ask you to show it in another way. A prohibition needs no proof at all."
            ),
            "day": gettext("Date"),
            "send": gettext("Where to send this"),
            "send_lines": _lines([notice.controller_name, *contact_lines(notice)]),
            "web": gettext("You may also ask on the web, without an account:"),
            "web_address": settings.BASE_URL + reverse("requests:choose"),
            "answer": gettext("How we answer"),
            "answer_lines": list(_answer(language)),
        }


def _intro() -> str:
    return gettext(
        "You pay nothing. You need not use this form: a request in your own words is as good. "
        "Write no personal identity code anywhere: we do not need it."
    )


def _right(right: Right, notice: Notice) -> dict[str, Any]:
    """A right with what is ticked below it, of what `notice` lists."""
    within: dict[Right, list[tuple[str, Any]]] = {
        Right.RESTRICTION: [(ground.value, words) for ground, words in OWN_WORDS.items()],
        Right.OBJECTION: [(one.value, one.label) for one in objectionable(notice)],
        Right.WITHDRAWAL: [(one.value, one.label) for one in notice.asks_consent_for],
        Right.PROHIBITION: ProhibitionScope.choices,
    }
    return {
        "key": right.value,
        "label": capfirst(str(right.label)),
        "sentence": str(IN_WORDS[right]),
        "is_chosen": False,
        "within": [
            {"key": key, "label": str(label), "is_chosen": False}
            for key, label in within.get(right, ())
        ],
    }


def _fields() -> list[dict[str, str]]:
    """What the person writes about themselves, as browsers can fill it in."""
    return [
        {"key": "name", "label": gettext("Name"), "autocomplete": "name"},
        {"key": "email", "label": gettext("E-mail"), "autocomplete": "email"},
        {"key": "phone", "label": gettext("Phone (may be left out)"), "autocomplete": "tel"},
        {"key": "street", "label": gettext("Street address"), "autocomplete": "street-address"},
        {"key": "city", "label": gettext("Postcode and city"), "autocomplete": "on"},
    ]


def _answer(language: str) -> Iterator[str]:
    """What the law promises about every answer (arts 12(3), 12(4), 77; P60)."""
    yield gettext(
        "We answer without undue delay, at the latest one month after your request has reached "
        "us. If it is complex, or there are many, we may take two months more; then we tell you so "
        "and why within the first month."
    )
    yield gettext("We answer by e-mail or by letter, as you wrote above.")
    office = authority(language)
    yield gettext(
        "If we refuse, we tell you why. You may complain to the supervisory authority: %(name)s, "
        "%(address)s, %(website)s."
    ) % {"name": office.name, "address": office.postal_address, "website": office.website}


def _lines(texts: list[str]) -> list[str]:
    return [line for line in dict.fromkeys(map(one_line, texts)) if line]


def _paper(notice: Notice, values: dict[str, Any]) -> Pdf:
    day = _day_of(notice)
    return pdf_of(LAYOUT, {**values, "date": day}, date(*day))


def _day_of(notice: Notice) -> list[int]:
    """The day that the document bears: that of the notice whose words it has."""
    came_into_force_on = localdate(notice.came_into_force_at)
    return [came_into_force_on.year, came_into_force_on.month, came_into_force_on.day]
