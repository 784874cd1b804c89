"""What the register holds, where it comes from, who gets it, how long it stays."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.improving.facts import (
    recipient_named,
    retention_fact,
    with_facts,
    with_only,
    without_facts,
)
from notices.improving.question import BadAnswer, Given, Question, Shape, yes_or_no
from notices.improving.topic import topic
from notices.reading import Fact, Reading, recognisers
from notices.reading.paragraphs import SEGMENT, sentences, split_segments
from notices.terms import (
    ClauseKind,
    DataCategory,
    DisclosureGround,
    Language,
    RecipientKind,
    RetentionStart,
    SectionKey,
    SourceKind,
    Statement,
)
from notices.writing.texts import texts_of

PUBLIC = (Statement.NO_PUBLIC_SOURCES, Statement.PUBLIC_SOURCES)
#: What a list of data is asked about; billing, cookies and guesses have questions of their own.
LISTED = tuple(
    term
    for term in DataCategory
    if term not in (DataCategory.BILLING, DataCategory.COOKIES, DataCategory.DEMOGRAPHICS)
)
#: Words with letters in them, without the marks around.
SPOKEN = re.compile(r"[^\W\d_][^,;.:()\n]*[^\W_]")
#: The accounting act: from the end of the calendar year in which the financial year ended (T15;
#: 1336/1997 2:10).
YEARS_OF_VOUCHERS = 6
#: Traces of visits, which nobody needs for years (D03r).
TRACES = (DataCategory.IP_ADDRESS, DataCategory.COOKIES)
#: Who must be told of when data are given away on a ground.
OF_GROUND = {
    DisclosureGround.VALUE_ADDED_SERVICE: RecipientKind.SERVICE_PROVIDER,
    DisclosureGround.CREDIT_DECISION: RecipientKind.CREDIT,
    DisclosureGround.CREDIT_APPLICATION: RecipientKind.CREDIT,
    DisclosureGround.COLLECTION: RecipientKind.COLLECTION_AGENCY,
    DisclosureGround.BILLING: RecipientKind.ACCOUNTING,
    DisclosureGround.LEGAL_OBLIGATION: RecipientKind.AUTHORITY,
}
NAMES = {
    RecipientKind.ACCOUNTING: _("Name of the accounting firm"),
    RecipientKind.PARTNER: _("Name of the partner who runs servers"),
    RecipientKind.SERVICE_PROVIDER: _("Name of the provider of value-added services"),
    RecipientKind.CREDIT: _("Name of the credit information company"),
    RecipientKind.COLLECTION_AGENCY: _("Name of the debt collection agency"),
}


def ask_data(reading: Reading, today: date) -> list[Question]:
    """Art. 14(1)(d): the closed list (P20); D18: whoever bills may hold billing data."""
    held = [term for term in LISTED if reading.promises(ClauseKind.DATA, term)]
    promised = reading.promises(ClauseKind.DATA, DataCategory.BILLING)
    return [
        Question(
            "data",
            gettext("What you keep of each customer"),
            gettext("The notice says that you keep nothing else."),
            choices=tuple((str(term), str(term.label)) for term in LISTED),
            initial=" ".join(map(str, held)),
            shape=Shape.SEVERAL,
        ),
        Question(
            "billing",
            gettext("Do you keep billing addresses or e-invoice addresses of customers?"),
            gettext("Number, date and sum of an invoice are kept in any case: the law demands it."),
            choices=yes_or_no(),
            initial="yes" if promised else "",
            shape=Shape.CHOICE,
        ),
        *ask_unlisted(reading),
    ]


def ask_unlisted(reading: Reading) -> list[Question]:
    """What the controller's own list names and no clause holds: a new list would drop it."""
    words = ", ".join(dict.fromkeys(_unlisted(reading)))
    if not words:
        return []
    return [
        Question(
            "unlisted",
            gettext("Does the register hold what these words name: %(words)s?") % {"words": words},
            gettext("“Yes” keeps them as own words, as data kept elsewhere. “No” drops them."),
            choices=yes_or_no(),
            shape=Shape.CHOICE,
        )
    ]


def _unlisted(reading: Reading) -> Iterator[str]:
    spoken = {section.language for section in reading.sections}
    main = next((language for language in Language if language in spoken), None)
    for section in reading.sections:
        own = section.language == main and not section.written
        if section.key != SectionKey.DATA_CONTENT or not own:
            continue
        for sentence in sentences(section.text):
            named = sentence.rpartition(":")[2]
            for start, end in split_segments(named):
                part = SEGMENT.sub("", named[start:end])
                known = recognisers.DATA[section.language]
                if not any(pattern.search(part.casefold()) for _term, pattern in known):
                    yield from SPOKEN.findall(part)


def tell_unlisted(reading: Reading, given: Given) -> Reading:
    """What no clause can list stays as own words beside the list, where it is true: this system
    holds none of it."""
    if given["unlisted"] != "yes":
        return reading
    place = next(
        place
        for place, section in enumerate(reading.sections)
        if section.key == SectionKey.DATA_CONTENT and not section.written
    )
    section = reading.sections[place]
    items = [f"- {one}" for one in dict.fromkeys(_unlisted(reading))]
    if any(item in section.own_words.splitlines() for item in items):
        return reading  # two questions ask for it, and get one answer
    lead = texts_of(section.language)["data_content.elsewhere"]
    own_words = "\n".join([*filter(None, [section.own_words]), lead, "", *items])
    sections = list(reading.sections)
    sections[place] = replace(section, own_words=own_words)
    return replace(reading, sections=tuple(sections))


def tell_data(reading: Reading, given: Given) -> Reading:
    """As answered, and all of it in the list of data."""
    told = tell_unlisted(reading, given)
    told = with_only(told, ClauseKind.DATA, given["data"], among=LISTED)
    held = [DataCategory.BILLING] if given["billing"] == "yes" else []
    told = with_only(told, ClauseKind.DATA, held, among=[DataCategory.BILLING])
    return with_facts(
        told, ClauseKind.DATA, told.terms_of(ClauseKind.DATA), under_other_heading=False
    )


def ask_sources(reading: Reading, today: date) -> list[Question]:
    """Art. 14(2)(f), D41."""
    said = [
        answer
        for answer, term in zip(("no", "yes"), PUBLIC, strict=True)
        if reading.promises(ClauseKind.STATEMENT, term)
    ]
    return [
        *_ask_kinds_of_source(reading),
        Question(
            "public_sources",
            gettext("Do you take data from public sources?"),
            gettext("Such as the trade register or the population register."),
            choices=yes_or_no(),
            initial=said[0] if len(said) == 1 else "",
            shape=Shape.CHOICE,
        ),
    ]


def _ask_kinds_of_source(reading: Reading) -> list[Question]:
    if reading.terms_of(ClauseKind.SOURCE):
        return []
    asked = [kind for kind in SourceKind if kind != SourceKind.COOKIES]
    return [
        Question(
            "sources",
            gettext("Where the data come from"),
            choices=tuple((str(kind), str(kind.label)) for kind in asked),
            shape=Shape.SEVERAL,
        )
    ]


def tell_sources(reading: Reading, given: Given) -> Reading:
    """Whether some source is public, and the sources where the notice names none."""
    said = PUBLIC[given["public_sources"] == "yes"]
    told = with_only(reading, ClauseKind.STATEMENT, [said], among=PUBLIC)
    return with_facts(told, ClauseKind.SOURCE, given["sources"] or [])


def _implied(reading: Reading) -> list[str]:
    """Who receives data by what the notice says anywhere (D20)."""
    said = set(reading.terms_of(ClauseKind.RECIPIENT)) | {RecipientKind.OWN_STAFF}
    grounds = map(DisclosureGround, reading.terms_of(ClauseKind.DISCLOSURE))
    said |= {OF_GROUND[ground] for ground in grounds}
    return [str(kind) for kind in RecipientKind if kind in said]


def ask_recipients(reading: Reading, today: date) -> list[Question]:
    """Art. 13(1)(e): who gets data; a name where there is one, else the kind is enough."""
    implied = _implied(reading)
    kinds = [fact.term for fact in reading.facts_of(ClauseKind.RECIPIENT)]
    site = RecipientKind.ANALYTICS
    return [
        Question(
            "recipients",
            gettext("Who receives data"),
            choices=tuple((str(kind), str(kind.label)) for kind in RecipientKind if kind != site),
            initial=" ".join(term for term in implied if term != site),
            shape=Shape.SEVERAL,
        ),
        *(
            Question(
                f"recipient.{kind}",
                str(label),
                gettext("Where there is one. Without a name only the kind is told."),
                initial=recipient_named(reading, kind),
                required=False,
            )
            for kind, label in NAMES.items()
            if kinds.count(kind) < 2
        ),
    ]


def tell_recipients(reading: Reading, given: Given) -> Reading:
    """The recipients as answered; a ground on which nobody receives anything goes."""
    chosen = [
        *given["recipients"],
        *({RecipientKind.ANALYTICS} & set(reading.terms_of(ClauseKind.RECIPIENT))),
    ]
    if given["credit"] == "no" and not _takes_applications(reading):
        chosen = [kind for kind in chosen if kind != RecipientKind.CREDIT]
    told = with_only(reading, ClauseKind.RECIPIENT, chosen)
    for kind in NAMES:
        if kind in chosen:
            name = given[f"recipient.{kind}"] or ""
            told = with_facts(told, ClauseKind.RECIPIENT, [kind], name=name)
    told = with_facts(told, ClauseKind.RECIPIENT, chosen, under_other_heading=False)
    grounds = [
        ground
        for ground, kind in OF_GROUND.items()
        if kind in chosen
        and (
            reading.promises(ClauseKind.DISCLOSURE, ground)
            or ground in (DisclosureGround.COLLECTION, DisclosureGround.LEGAL_OBLIGATION)
        )
    ]
    told = with_only(told, ClauseKind.DISCLOSURE, grounds)
    return with_facts(told, ClauseKind.DISCLOSURE, grounds, under_other_heading=False)


def ask_credit(reading: Reading, today: date) -> list[Question]:
    """D37: a credit decision needs data that no clause of this program can list."""
    return [
        Question(
            "credit",
            gettext("Do you decide on credit by data from a credit information company?"),
            choices=yes_or_no(),
            shape=Shape.CHOICE,
        )
    ]


def tell_credit(reading: Reading, given: Given) -> Reading:
    """Credit decisions go, and with them who gives the data for them."""
    if given["credit"] == "yes":
        sentence = gettext("Then list the credit data and say who decides, in your own words.")
        raise BadAnswer("credit", sentence)
    told = without_facts(reading, ClauseKind.DISCLOSURE, [DisclosureGround.CREDIT_DECISION])
    if _takes_applications(reading):
        return told
    return without_facts(told, ClauseKind.RECIPIENT, [RecipientKind.CREDIT])


def _takes_applications(reading: Reading) -> bool:
    return reading.promises(ClauseKind.DISCLOSURE, DisclosureGround.CREDIT_APPLICATION)


def _rule(reading: Reading, start: RetentionStart) -> Fact | None:
    rules = (fact for fact in reading.facts_of(ClauseKind.RETENTION) if fact.term == start)
    return next(rules, None)


def _said(number: int | None) -> str:
    """A period that the notice itself says; one of ours would be accepted unread."""
    return str(number or "")


def _keeps_orders(reading: Reading) -> bool:
    return reading.promises(ClauseKind.DATA, DataCategory.ORDERS)


def _keeps_traces(reading: Reading) -> bool:
    return reading.promises(ClauseKind.DATA, *TRACES)


def ask_retention(reading: Reading, today: date) -> list[Question]:
    """Art. 13(2)(a), 5(1)(e): how long, for each kind of data, counted from what (D32)."""
    customer = _rule(reading, RetentionStart.RELATIONSHIP_END)
    asked = [
        Question(
            "inactive_months",
            gettext("After how many months without an order the relationship has ended"),
            gettext("Many firms say 24 months."),
            initial=_said(customer.inactive_months if customer else None),
            shape=Shape.NUMBER,
        ),
        Question(
            "years.relationship_end",
            gettext("How many years a customer's data are kept after that"),
            gettext("No longer than you need them. A debt lapses in 3 years."),
            initial=_said(customer.years if customer else None),
            shape=Shape.NUMBER,
        ),
    ]
    if _keeps_orders(reading):
        order = _rule(reading, RetentionStart.ORDER)
        asked.append(
            Question(
                "years.order",
                gettext("How many years an order is kept"),
                gettext("As long as guarantees and complaints need it, such as 3 years."),
                initial=_said(order.years if order else None),
                shape=Shape.NUMBER,
            )
        )
    if _keeps_traces(reading):
        trace = _rule(reading, RetentionStart.COLLECTED)
        asked.append(
            Question(
                "months.collected",
                gettext("How many months IP numbers and data of visits are kept"),
                gettext("A few months are enough against misuse, such as 6."),
                initial=_said(trace.months if trace else None),
                shape=Shape.NUMBER,
            )
        )
    return asked


def tell_retention(reading: Reading, given: Given) -> Reading:
    """One rule for each kind of data; vouchers as long as the accounting act says."""
    rules = [
        retention_fact(
            RetentionStart.RELATIONSHIP_END,
            years=given["years.relationship_end"],
            inactive_months=given["inactive_months"],
        )
    ]
    if years := given["years.order"]:
        about = (DataCategory.ORDERS,)
        rules.append(retention_fact(RetentionStart.ORDER, years=years, categories=about))
    if months := given["months.collected"]:
        kept = tuple(one for one in TRACES if reading.promises(ClauseKind.DATA, one))
        rules.append(retention_fact(RetentionStart.COLLECTED, months=months, categories=kept))
    rules.append(retention_fact(RetentionStart.FINANCIAL_YEAR_END, years=YEARS_OF_VOUCHERS))
    others = [fact for fact in reading.facts if fact.kind != ClauseKind.RETENTION]
    return replace(reading, facts=(*others, *rules))


DATA = topic(SectionKey.DATA_CONTENT, SectionKey.DATA_CATEGORIES, ask=ask_data, tell=tell_data)
SOURCES = topic(SectionKey.SOURCES, ask=ask_sources, tell=tell_sources)
RECIPIENTS = topic(
    SectionKey.RECIPIENTS, SectionKey.DISCLOSURES, ask=ask_recipients, tell=tell_recipients
)
CREDIT = topic(SectionKey.DISCLOSURES, SectionKey.RECIPIENTS, ask=ask_credit, tell=tell_credit)
RETENTION = topic(SectionKey.RETENTION, ask=ask_retention, tell=tell_retention)
