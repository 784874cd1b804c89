"""What stands around the data: the person at a glance, and what articles 15(1) and 15(2) ask for.

Everything is in the active language, as text that no reader takes for markup.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext

from notices.authority import authority
from notices.declarations import declared_columns, personal_models
from notices.models import Clause, Notice
from notices.terms import ClauseKind, DataCategory, LegalBasis, Purpose
from register.bookkeeping import days_kept
from register.given import Access, seen_by
from register.holds import BlockKind, blocks_of_retention
from register.models import Consultation, Customer, Disclosure, Invoice, Recipient, Restriction
from register.models.countries import is_in_eea
from register.models.recipients import CategoriesField
from register.models.uses import InTheWay
from register.retention import data_due_on, due_on, rules_of
from rights_requests.deadlines import received_on
from rights_requests.facts import in_letter
from rights_requests.models import Mask
from rights_requests.report.document import Counted

#: Where each legal basis stands.
LETTERS = {
    LegalBasis.CONSENT: "a",
    LegalBasis.CONTRACT: "b",
    LegalBasis.LEGAL_OBLIGATION: "c",
    LegalBasis.LEGITIMATE_INTEREST: "f",
}
MOST_SOURCES = 6


@dataclass
class Chapter:
    """A heading with sentences, and perhaps a list under them."""

    key: str
    label: str
    paragraphs: list[str]
    items: list[str] = field(default_factory=list)
    #: what stands after the list
    after: list[str] = field(default_factory=list)


@dataclass
class About:
    """Whom a report is about, under which notice and as of when."""

    customer: Customer
    notice: Notice
    now: datetime
    counted: Counted
    masks: list[Mask]
    #: the number of the request that the report answers
    answers: str
    #: the notice under which it was asked
    asked_under: Notice

    @property
    def today(self) -> date:
        return received_on(self.now)

    def glance(self) -> list[dict[str, str]]:
        """The person at a glance: a few facts, each with its label."""
        told = [
            (gettext("What we hold"), self._held()),
            (gettext("Where from"), self._from()),
            (gettext("Given to"), self._given()),
            (gettext("Who looked"), self._looks()),
            (gettext("Kept until"), self._until()),
            (gettext("What you have forbidden"), "; ".join(self._forbidden())),
            (gettext("Only kept, not used"), self._restricted()),
            (gettext("Not shown to you"), self._masked()),
        ]
        return [{"label": label, "text": text} for label, text in told if text]

    def chapters(self) -> list[dict[str, Any]]:
        """What stands before the data."""
        told = (self._not_shown, self._purposes, self._categories, self._recipients)
        rest = (self._transfers, self._retention, self._automated)
        return [asdict(one) for make in (*told, *rest) if (one := make())]

    def rights(self) -> list[dict[str, Any]]:
        """What stands after the data."""
        return [asdict(one) for one in (self._rights(), self._complaint())]

    # --- at a glance

    def _held(self) -> str:
        contact = sum(1 for one in self.counted.values if one.startswith("customer."))
        told = [
            ngettext(
                "%(count)s detail about you and how to reach you",
                "%(count)s details about you and how to reach you",
                contact,
            )
            % {"count": contact}
        ]
        named = ("order", "invoice", "attachment", "paper")
        for (key, label), count in self.counted.rows.items():
            if key in named:
                told.append(f"{label.lower()}: {count}")
        return ", ".join(told)

    def _from(self) -> str:
        sources = list(self.counted.sources)
        more = gettext("and others") if len(sources) > MOST_SOURCES else ""
        return "; ".join(filter(None, [*sources[:MOST_SOURCES], more]))

    def _given(self) -> str:
        names = [str(one) for one, _count, _at in self._got()]
        for one in self._saw():
            name = {"name": one.recipient}
            names.append(
                gettext("%(name)s (sees the data all the time)") % name
                if one.goes_on(self.today)
                else gettext("%(name)s (saw the data all the time)") % name
            )
        return ", ".join(names) or gettext("to nobody")

    def _looks(self) -> str:
        looks = Consultation.objects.filter(customer=self.customer).order_by()
        found = looks.aggregate(count=Count("pk"), last=Max("looked_at"))
        if not found["count"]:
            return gettext("nobody of our staff")
        told = ngettext(
            "our staff %(count)s time, last on %(day)s",
            "our staff %(count)s times, last on %(day)s",
            found["count"],
        )
        return told % {"count": found["count"], "day": _day(localtime(found["last"]).date())}

    def _until(self) -> str:
        day = due_on(self.customer, self.notice)
        if day is None:
            return gettext("the period has not begun (see below)")
        return gettext("%(day)s, if nothing changes") % {"day": _day(day)}

    def _forbidden(self) -> list[str]:
        return self.customer.prohibitions().in_words()

    def _restricted(self) -> str:
        found = Restriction.objects.in_force().filter(customer=self.customer).order_by("pk")
        told = []
        for one in found:
            data = [str(DataCategory(each).label) for each in one.categories]
            since = gettext("since %(day)s") % {"day": _day(localtime(one.imposed_at).date())}
            told.append(f"{', '.join(data) or gettext('all data')}, {since}")
        return "; ".join(told)

    def _masked(self) -> str:
        count = len(self.masks)
        if not count:
            return ""
        return ngettext(
            "%(count)s piece is masked, with the reason",
            "%(count)s pieces are masked, with the reason",
            count,
        ) % {"count": count}

    # --- article 15(1) and (2)

    def _not_shown(self) -> Chapter | None:
        if not self.masks:
            return None
        told: dict[str, None] = {}
        for one in self.masks:
            reason = capfirst(one.get_reason_display())
            if not one.is_told:
                sentence = gettext(
                    "Something is not given under section 34 of the Data Protection Act "
                    "(1050/2018). Telling the reason would endanger its purpose."
                )
            else:
                why = f" {one.explanation}" if one.explanation else ""
                sentence = f"{one.label}. {reason} ({one.law}).{why}"
            told[sentence] = None
        paragraphs = [gettext("Some pieces are masked. All the rest is here.")]
        if any(one.is_limit for one in self.masks):
            paragraphs.append(
                gettext(
                    "You may ask that what section 34 keeps from you be given to the Data "
                    "Protection Ombudsman. Write to us: we hand it over."
                )
            )
        return Chapter("masked", gettext("What is not shown to you"), paragraphs, list(told))

    def _used_for(self) -> list[Clause]:
        """The purposes that the person was told of: those of the notice under which the request
        came, and of a newer one those that it may be used for since (art. 15(1)(a); C04, V02)."""
        asked = [one for one in self.asked_under.clauses.all() if one.kind == ClauseKind.PURPOSE]
        if self.asked_under == self.notice:
            return asked
        known = {one.term for one in asked}
        uses = self.customer.uses(self.notice)
        newer = self._clauses(ClauseKind.PURPOSE)
        since = [one for one in newer if InTheWay.UNTOLD not in uses.get(Purpose(one.term), ())]
        return [*asked, *(one for one in since if one.term not in known)]

    def _purposes(self) -> Chapter:
        purposes: dict[str, list[str]] = {}
        for one in self._used_for():
            purposes.setdefault(one.legal_basis, []).append(one.label)
        by_law = gettext("keeping what the law demands, such as invoices and requests")
        purposes.setdefault(LegalBasis.LEGAL_OBLIGATION, []).append(by_law)
        items = [
            f"{_basis(basis)}: {'; '.join(found)}" if basis else "; ".join(found)
            for basis, found in purposes.items()
        ]
        label = gettext("Why we use your data, and on what basis")
        return Chapter("purposes", label, [], list(map(capfirst, items)))

    def _categories(self) -> Chapter:
        held = self._categories_held()
        names = [self.notice.called(one) for one in DataCategory if one in held]
        none = [
            self.notice.called(one)
            for one in DataCategory
            if one in self.notice.declared and one not in held
        ]
        paragraphs = [gettext("We hold these about you: %(names)s.") % {"names": ", ".join(names)}]
        if none:
            told = gettext("Of these we hold none about you: %(names)s.")
            paragraphs.append(told % {"names": ", ".join(none)})
        paragraphs.append(
            gettext(
                "The law makes us keep invoices, requests and letters, prohibitions and consents, "
                "the history of changes, and who looked at the data."
            )
        )
        return Chapter("categories", gettext("Which kinds of data"), paragraphs)

    def _categories_held(self) -> set[DataCategory]:
        found = set()
        for model in personal_models():
            for column, category in declared_columns(model).items():
                if f"{model._meta.model_name}.{column}" in self.counted.values:
                    found.add(category)
        return found

    def _recipients(self) -> Chapter:
        items = []
        for saw in self._saw():
            begun = {"day": _day(saw.begins_on)}
            since = f", {gettext('since %(day)s') % begun}" if saw.begins_on > date.min else ""
            told = (
                gettext("%(who)s sees these all the time%(when)s: %(data)s.")
                if saw.goes_on(self.today)
                else gettext("%(who)s saw these all the time until %(day)s%(when)s: %(data)s.")
            )
            data = _data(one for one in DataCategory if one in saw.categories)
            until = {"day": _day(saw.ends_on), "when": since}
            items.append(told % {"who": _who(saw.recipient), "data": data, **until})
        for one, count, at in self._got():
            told = ngettext(
                "%(who)s got data %(count)s time, last on %(day)s.",
                "%(who)s got data %(count)s times, last on %(day)s.",
                count,
            )
            day = _day(localtime(at).date())
            items.append(told % {"who": _who(one), "count": count, "day": day})
        paragraphs = []
        if heading := self.counted.heading("disclosure"):
            told = gettext("Each time, with the day and the data, stands below: “%(heading)s”.")
            paragraphs = [told % {"heading": heading}]
        elif not items:
            paragraphs = [gettext("Nobody outside has got your data from us.")]
        kinds = [one.label for one in self._clauses(ClauseKind.RECIPIENT)]
        may = gettext("Our privacy notice says who may get data: %(kinds)s.")
        after = [may % {"kinds": ", ".join(kinds)}] if kinds else []
        return Chapter("recipients", gettext("Who gets your data"), paragraphs, items, after)

    def _transfers(self) -> Chapter:
        saw = [one.recipient for one in self._saw()]
        every = [*saw, *(one for one, _count, _at in self._got())]
        outside = {one.pk: one for one in every if not is_in_eea(one.country)}
        items = [
            gettext("%(who)s, %(country)s. It rests on: %(tool)s. Why it is necessary: %(why)s")
            % {
                "who": one.name,
                "country": one.get_country_display(),
                "tool": one.get_transfer_tool_display(),
                "why": one.transfer_reason,
            }
            for one in outside.values()
        ]
        label = gettext("Outside the EU and the EEA")
        if items:
            told = gettext("These are outside the EU and the European Economic Area (article 46).")
            return Chapter("transfers", label, [told], items)
        told = gettext("None of them is outside the EU and the European Economic Area.")
        return Chapter("transfers", label, [told])

    def _retention(self) -> Chapter:
        rules = [one.label for one in rules_of(self.notice)]
        day = due_on(self.customer, self.notice)
        if day:
            told = gettext(
                "If nothing changes, your data are erased on %(day)s. A new order, invoice or "
                "contact moves the day."
            ) % {"day": _day(day)}
        else:
            told = gettext(
                "No day is known yet: the period begins when what it is counted from has happened."
            )
        items = [gettext("Rule: %(rule)s") % {"rule": one} for one in rules]
        for category, first in data_due_on(self.customer, self.notice):
            part = gettext("%(data)s: the first of them go on %(day)s")
            items.append(
                part % {"data": capfirst(self.notice.called(category)), "day": _day(first)}
            )
        items += self._vouchers()
        blocks = blocks_of_retention([self.customer.pk], today=self.today)
        # this report answers its own request
        items += dict.fromkeys(
            in_letter(one)
            for one in blocks.get(self.customer.pk, [])
            if (one.kind, one.reference) != (BlockKind.OPEN_REQUEST, self.answers)
        )
        return Chapter("retention", gettext("How long we keep your data"), [told], items)

    def _vouchers(self) -> Iterator[str]:
        until = days_kept(Invoice.objects.filter(customer=self.customer)).values()
        if until:
            yield gettext(
                "Invoices stay for bookkeeping, the last one until %(day)s (Accounting Act "
                "1336/1997, chapter 2, section 10)"
            ) % {"day": _day(max(until))}

    def _automated(self) -> Chapter:
        told = gettext(
            "Here no decision about you is made by a program alone, and nobody is rated."
        )
        return Chapter("automated", gettext("Automated decisions"), [told])

    def _rights(self) -> Chapter:
        bases = {one.legal_basis for one in self._clauses(ClauseKind.PURPOSE)}
        items = [
            gettext("Have wrong data corrected and missing data added (article 16)"),
            gettext("Have data erased (article 17)"),
            gettext("Have the use of data restricted (article 18)"),
        ]
        if bases & {LegalBasis.CONSENT, LegalBasis.CONTRACT} or not bases - {""}:
            items.append(gettext("Move your data to somebody else (article 20)"))
        if LegalBasis.LEGITIMATE_INTEREST in bases:
            items.append(gettext("Object to what rests on our legitimate interest (article 21(1))"))
        items.append(gettext("Forbid marketing and publication, without a reason (article 21(2))"))
        if LegalBasis.CONSENT in bases:
            items.append(gettext("Take back a consent whenever you like (article 7(3))"))
        address = f"{settings.BASE_URL}/{get_language()}/requests/"
        told = gettext("You may do all of this at any time, free of charge. Ask here: %(address)s")
        return Chapter("rights", gettext("Your rights"), [told % {"address": address}], items)

    def _complaint(self) -> Chapter:
        one = authority(get_language() or "fi")
        items = [
            one.name,
            gettext("Visiting address: %(text)s") % {"text": one.visiting_address},
            gettext("Postal address: %(text)s") % {"text": one.postal_address},
            gettext("Phone: %(text)s") % {"text": one.phone},
            gettext("E-mail: %(text)s") % {"text": one.email},
            gettext("Website: %(text)s") % {"text": one.website},
        ]
        told = gettext(
            "You have the right to complain to the Data Protection Ombudsman. You may complain in "
            "another EU or EEA country instead, where you live or work or where it happened."
        )
        return Chapter("complaint", gettext("If you do not agree"), [told], items)

    # --- what is read once

    def _clauses(self, kind: ClauseKind) -> list[Clause]:
        return [one for one in self.notice.clauses.all() if one.kind == kind]

    def _saw(self) -> list[Access]:
        """Who sees such data all the time, or saw them while they were here."""
        return [one for one in seen_by(self.customer) if one.begins_on <= self.today]

    def _got(self) -> list[tuple[Recipient, int, datetime]]:
        """Who got data of the person, how often and when last."""
        given = Disclosure.objects.about(self.customer).filter(recipient__isnull=False).order_by()
        rows = given.values("recipient").annotate(count=Count("pk"), last=Max("disclosed_at"))
        found = {one["recipient"]: one for one in rows}
        named = Recipient.objects.filter(pk__in=found).order_by("name", "pk")
        return [(one, found[one.pk]["count"], found[one.pk]["last"]) for one in named]


def _basis(basis: str) -> str:
    if not basis:
        return ""
    told = {"basis": LegalBasis(basis).label, "letter": LETTERS[LegalBasis(basis)]}
    return gettext("%(basis)s (GDPR article 6(1)(%(letter)s))") % told


def _who(one: Recipient) -> str:
    return f"{one.name} ({one.get_kind_display()})"


def _data(categories: Iterable[str]) -> str:
    return ", ".join(str(CategoriesField.labels[DataCategory(one)]) for one in categories)


def _day(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""
