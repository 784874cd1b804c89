"""The record of processing activities (art. 30(1); Q01), made of the notice in force, of the
recipients that are entered, and of what this program does.

Nothing in it is invented: what a controller must say and nothing here knows is said to be missing,
with what to do; what only a person can know is said to be added by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from notices.declarations import KEPT_ELSEWHERE
from notices.models import Clause, Notice
from notices.terms import (
    ClauseKind,
    DataCategory,
    Language,
    LegalBasis,
    Purpose,
    RecipientKind,
    RetentionStart,
    SectionKey,
    Statement,
    TransferTool,
)
from notices.writing.texts import Texts
from register.models import Recipient
from register.models.countries import is_in_eea
from register.models.recipients import PROCESSORS

#: What a notice says of its security, and where it says more of it.
SECURITY = (
    Statement.UNDERTAKINGS,
    Statement.PERSONAL_ACCOUNTS,
    Statement.FIREWALL,
    Statement.LOCKED_STORAGE,
    Statement.FIREPROOF_STORAGE,
    Statement.NO_PAPER,
)
SECURITY_SECTIONS = (SectionKey.SECURITY_MANUAL, SectionKey.SECURITY_ELECTRONIC)
#: What the register keeps under every notice, in the words of the public page.
BY_LAW = (
    _(
        "the bare facts of invoices: number, date, due date, amount, payments, whether in debt "
        "collection"
    ),
    _(
        "the name and address on each invoice: bookkeeping keeps them for six years after the "
        "financial year"
    ),
    _("the history of changes: who, when and why"),
    _("the language of letters"),
    _("requests of data subjects, with our letters and decisions"),
    _("which notice somebody was given, when and how"),
    _("consents: the words agreed to, when and how they were given and taken back"),
    _("which data are restricted, since when and why"),
    _("what somebody has forbidden, with a code made of the address or number"),
)
#: What the program does however it is set up.
BY_PROGRAM = (
    _("Only invited people get in, each with an account of their own."),
    _("A role decides what each of them may see and do."),
    _("Nobody gets in before signing the confidentiality undertaking."),
    _("It is written down who looked at which customer, and who changed what."),
    _("Attached papers, lists and copies of data are encrypted in storage."),
)


@dataclass(frozen=True)
class Entry:
    """One matter of a part: what is known of it, what is missing with what to do, and what only a
    person can add."""

    label: str
    known: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """One point of article 30(1)."""

    point: str
    heading: str
    entries: list[Entry]


@dataclass(frozen=True)
class ProcessingRecord:
    """The record as it stands on a day, in the active language."""

    title: str
    notice: Notice
    made_on: date
    parts: list[Part]

    @property
    def missing(self) -> int:
        """How much of it is missing."""
        return sum(len(entry.missing) for part in self.parts for entry in part.entries)


def record_of(notice: Notice, *, today: date) -> ProcessingRecord:
    """What `notice`, the recipients that there are `today` and this program say, in the active
    language. Points (a) to (g) of article 30(1)."""
    recipients = list(Recipient.objects.on(today))
    parts = [
        Part("a", gettext("Controller and its contact details"), list(_controller(notice))),
        Part("b", gettext("Purposes of the processing"), list(_purposes(notice))),
        Part("c", gettext("Whose data, and which data"), list(_data(notice))),
        Part("d", gettext("Recipients"), list(_recipients(notice, recipients))),
        Part(
            "e",
            gettext("Transfers outside the EU and the EEA"),
            list(_transfers(notice, recipients)),
        ),
        Part("f", gettext("When the data are erased"), list(_time_limits(notice))),
        Part("g", gettext("How the data are protected"), list(_security(notice))),
    ]
    title = gettext("Record of processing activities: %(name)s") % {"name": notice.name}
    return ProcessingRecord(title, notice, today, parts)


# --- (a)


def _controller(notice: Notice) -> Iterator[Entry]:
    reached = [notice.controller_address, notice.controller_phone, notice.controller_email]
    yield Entry(
        gettext("Controller"),
        _filled(notice.controller_name, *reached),
        []
        if any(reached)
        else [
            gettext(
                "The notice does not say how the controller is reached. Say it in a new version."
            )
        ],
    )
    contact = _filled(notice.contact_name, notice.contact_phone, notice.contact_email)
    if contact:
        yield Entry(gettext("Contact person for the register"), contact)
    yield _officer(notice)
    yield Entry(
        gettext("Joint controller and representative"),
        by_hand=[
            gettext(
                "This program knows of none. If there is one, add the name and contact details."
            )
        ],
    )


def _officer(notice: Notice) -> Entry:
    label = gettext("Data protection officer")
    if Statement.NO_OFFICER in _terms(notice, ClauseKind.STATEMENT):
        return Entry(label, [capfirst(str(Statement.NO_OFFICER.label)) + "."])
    why = gettext(
        "The notice does not say whether there is one. Say it in a new version. If there is one, "
        "add the name and contact details."
    )
    return Entry(label, missing=[why])


# --- (b)


def _purposes(notice: Notice) -> Iterator[Entry]:
    named = [one for one in Purpose if one in _terms(notice, ClauseKind.PURPOSE)]
    for purpose in named:
        rests_on = notice.bases(purpose)
        bases = [capfirst(str(one.label)) for one in LegalBasis if one in rests_on]
        why = gettext("The notice names no legal basis for this. Name it in a new version.")
        yield Entry(capfirst(str(purpose.label)), bases, [] if bases else [why])
    if not named:
        why = gettext("The notice names no purpose. Name each of them in a new version.")
        yield Entry(gettext("Purposes"), missing=[why])


# --- (c)


def _data(notice: Notice) -> Iterator[Entry]:
    people = [gettext("customers")]
    if DataCategory.ORGANISATION in notice.declared:
        people.append(gettext("contact people of organisations"))
    people.append(gettext("people who have made a request about their data"))
    yield Entry(gettext("People"), people)
    listed = [_called(notice, one) for one in DataCategory if one in notice.declared]
    why = gettext("The notice lists no data. List them in a new version.")
    yield Entry(gettext("Data that the notice lists"), listed, [] if listed else [why])
    by_law = [*map(str, BY_LAW), _who_looked()]
    yield Entry(gettext("What the law makes the register keep"), by_law)


def _who_looked() -> str:
    return ngettext(
        "who looked at somebody's data, when and for what: for %(number)s year",
        "who looked at somebody's data, when and for what: for %(number)s years",
        settings.CONSULTATION_YEARS,
    ) % {"number": settings.CONSULTATION_YEARS}


def _called(notice: Notice, category: DataCategory) -> str:
    called = notice.called(category)
    if category not in KEPT_ELSEWHERE:
        return called
    return gettext("%(data)s (on the web site, not in this program)") % {"data": called}


# --- (d)


def _recipients(notice: Notice, recipients: list[Recipient]) -> Iterator[Entry]:
    clauses = _clauses(notice, ClauseKind.RECIPIENT)
    for kind in RecipientKind:
        named = [clause for clause in clauses if clause.term == kind]
        entered = [one for one in recipients if one.kind == kind]
        if not named and not entered:
            continue
        wrong = [
            f"{one.name}: {why.label}" for one in entered for why in one.refusals(notice).values()
        ]
        unentered = [] if entered else _unentered(kind, [clause.name for clause in named])
        known = [_in_words(notice, one) for one in entered]
        known = known or _filled(*(clause.name for clause in named)) or [_nobody(kind)]
        yield Entry(capfirst(str(kind.label)), known, [*wrong, *unentered])
    if not clauses:
        why = gettext("The notice names no recipients. Name them in a new version.")
        yield Entry(gettext("Recipients"), missing=[why])
    if grounds := _clauses(notice, ClauseKind.DISCLOSURE):
        labels = [clause.label for clause in grounds]
        yield Entry(gettext("Grounds on which data are given to others"), labels)


def _nobody(kind: RecipientKind) -> str:
    """What is known of recipients of whom none is entered and none is named."""
    if kind == RecipientKind.OWN_STAFF:
        return gettext("Those who have an account in this program.")
    return gettext("Nobody is entered by name.")


def _unentered(kind: RecipientKind, names: list[str]) -> list[str]:
    """Whom the notice names as working for the controller, with no contract that is known here."""
    if kind not in PROCESSORS:
        return []
    why = gettext(
        "The notice names it, and its contract is not known here. Enter it among the recipients "
        "of data."
    )
    return [f"{name}: {why}" if name else why for name in names]


def _in_words(notice: Notice, recipient: Recipient) -> str:
    data = [notice.called(one) for one in DataCategory if one in recipient.categories]
    parts = [gettext("Data: %(data)s.") % {"data": ", ".join(data)}]
    if recipient.contract_on:
        day = date_format(recipient.contract_on, "SHORT_DATE_FORMAT")
        parts.append(gettext("Contract of %(day)s.") % {"day": day})
    if recipient.has_standing_access:
        parts.append(gettext("Sees the data all the time."))
    return f"{recipient.name} ({recipient.get_country_display()}). {' '.join(parts)}"


# --- (e)


def _transfers(notice: Notice, recipients: list[Recipient]) -> Iterator[Entry]:
    clauses = _clauses(notice, ClauseKind.TRANSFER)
    known, missing = [], []
    for clause in clauses:
        where = ", ".join(_filled(clause.name, clause.country))
        what = dict(TransferTool.choices)[clause.term]
        known.append(capfirst(f"{where}: {what}" if where else str(what)))
        if clause.term == TransferTool.IF_NECESSARY or (
            clause.term != TransferTool.NONE and not where
        ):
            missing.append(
                gettext(
                    "The notice names no country and no safeguard here. Name them in a new "
                    "version, or say that there are no transfers."
                )
            )
    if not clauses:
        missing.append(
            gettext(
                "The notice does not say whether data go outside the EU and the EEA. Say it in a "
                "new version."
            )
        )
    yield Entry(gettext("What the notice says"), known, missing)
    for one in recipients:
        if is_in_eea(one.country):
            continue
        rests_on = capfirst(str(one.get_transfer_tool_display()))
        why = gettext("Why it is necessary: %(why)s") % {"why": one.transfer_reason}
        yield Entry(
            f"{one.name} ({one.get_country_display()})",
            [f"{rests_on}.", why],
            by_hand=_safeguards(one),
        )


def _safeguards(recipient: Recipient) -> list[str]:
    """What article 30(1)(e) wants documented where a transfer rests on an exception."""
    if recipient.transfer_tool != TransferTool.EXCEPTION:
        return []
    return [gettext("Keep your assessment and the safeguards with this record (art. 49(6)).")]


# --- (f)


def _time_limits(notice: Notice) -> Iterator[Entry]:
    rules = _clauses(notice, ClauseKind.RETENTION)
    for category in DataCategory:
        if category not in notice.declared:
            continue
        label = capfirst(notice.called(category))
        own = [one for one in rules if category in one.categories]
        found = own or [one for one in rules if not one.categories and not one.is_of_vouchers]
        if found:
            yield Entry(label, [line for one in found for line in _limit(one)])
        elif category in KEPT_ELSEWHERE:
            why = gettext("Kept on the web site and not here: add how long it is kept there.")
            yield Entry(label, by_hand=[why])
        else:
            why = gettext("The notice does not say how long. Say it in a new version.")
            yield Entry(label, missing=[why])
    texts = Texts(Language(get_language() or Language.FINNISH))
    if not any(one.is_of_vouchers for one in rules):
        yield Entry(gettext("Invoices and other vouchers"), [texts("retention.vouchers")])
    length = texts.length(settings.REQUEST_YEARS * 12)
    kept = ("requests", "prohibitions", "history", "identification")
    by_law = [texts(f"retention.law_{what}", length=length) for what in kept]
    by_law.append(capfirst(_who_looked()) + ".")
    yield Entry(gettext("What the law makes the register keep"), by_law)


def _limit(rule: Clause) -> Iterator[str]:
    start = RetentionStart(rule.term).label
    yield capfirst(gettext("%(length)s from %(start)s") % {"length": rule.length, "start": start})
    if months := rule.inactive_months:
        yield ngettext(
            "The relationship also ends after %(months)s month without dealings.",
            "The relationship also ends after %(months)s months without dealings.",
            months,
        ) % {"months": months}


# --- (g)


def _security(notice: Notice) -> Iterator[Entry]:
    said = _terms(notice, ClauseKind.STATEMENT)
    promised = [capfirst(str(one.label)) for one in SECURITY if one in said]
    language = get_language()
    words = [
        section
        for section in notice.sections.all()
        if section.key in SECURITY_SECTIONS and section.language == language and section.text
    ]
    why = gettext("The notice says nothing of it. Say in a new version how the data are protected.")
    yield Entry(gettext("Promised in the notice"), promised, [] if promised or words else [why])
    for section in words:
        lines = [line for line in section.text.splitlines() if line.strip()]
        yield Entry(section.heading or str(section.get_key_display()), lines)
    yield Entry(gettext("Done by this program"), *_set_up())
    yield Entry(
        gettext("Backups and the machine"),
        by_hand=[
            gettext(
                "This program does not know of them. Add how backups are made and tried. Add how "
                "the machine, its disk and its network are protected."
            )
        ],
    )


def _set_up() -> tuple[list[str], list[str]]:
    """What is done, and what this installation leaves out."""
    done, left_out = [str(one) for one in BY_PROGRAM], []
    if settings.SECOND_FACTOR == "required":
        done.append(gettext("Signing in takes a second factor."))
    else:
        left_out.append(
            gettext("A password alone is enough to sign in. Set SECOND_FACTOR to required.")
        )
    if settings.HTTPS:
        done.append(gettext("Connections are encrypted."))
    else:
        left_out.append(
            gettext("Encrypted connections are not demanded. Set HTTPS to true when TLS works.")
        )
    return done, left_out


# --- reading a notice


def _clauses(notice: Notice, kind: ClauseKind) -> list[Clause]:
    return [clause for clause in notice.clauses.all() if clause.kind == kind]


def _terms(notice: Notice, kind: ClauseKind) -> set[str]:
    return {clause.term for clause in _clauses(notice, kind)}


def _filled(*values: str) -> list[str]:
    return [value for value in values if value]
