"""The controller's web site, and what leaves the EU: cookies, visits measured, transfers."""

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext

from notices.checking.known import SERVICES_OUTSIDE
from notices.improving.facts import recipient_named, with_facts, with_only, without_facts
from notices.improving.question import BadAnswer, Choices, Given, Question, Shape, yes_or_no
from notices.improving.topic import topic
from notices.improving.topics.purposes import tell_consent
from notices.improving.topics.register import ask_unlisted, tell_unlisted
from notices.reading import Fact, Reading
from notices.terms import (
    ClauseKind,
    CookieUse,
    DataCategory,
    RecipientKind,
    SectionKey,
    SourceKind,
    TransferTool,
)
from notices.writing.countries import countries_outside

USES = (CookieUse.NONE, CookieUse.NECESSARY, CookieUse.ANALYTICS, CookieUse.MARKETING)
#: What only a site that measures its visitors holds.
OF_VISITS = (DataCategory.COOKIES, DataCategory.DEMOGRAPHICS)
TOOLS = (
    TransferTool.NONE,
    TransferTool.ADEQUACY,
    TransferTool.STANDARD_CLAUSES,
    TransferTool.EXCEPTION,
)
GOOGLE = "google analytics"


def _labels(*terms: CookieUse | TransferTool) -> Choices:
    return tuple((str(term), str(term.label)) for term in terms)


def measures_visits(reading: Reading) -> bool:
    """Whether the notice, in a clause or in its words, has its site's visitors measured."""
    return (
        reading.promises(ClauseKind.COOKIES, CookieUse.ANALYTICS, CookieUse.MARKETING)
        or reading.promises(ClauseKind.RECIPIENT, RecipientKind.ANALYTICS)
        or reading.promises(ClauseKind.DATA, *OF_VISITS)
        or _names_google(reading)
    )


def _names_google(reading: Reading) -> bool:
    return any(GOOGLE in section.text.casefold() for section in reading.sections)


def ask_cookies(reading: Reading, today: date) -> list[Question]:
    """917/2014 s. 205, P39-P46: what the site really uses."""
    said = [str(use) for use in USES if reading.promises(ClauseKind.COOKIES, use)]
    if not said and measures_visits(reading):
        said = [str(CookieUse.ANALYTICS)]
    named = recipient_named(reading, RecipientKind.ANALYTICS)
    return [
        Question(
            "cookies",
            gettext("What your web site uses cookies for"),
            gettext("All but the needed ones wait for consent."),
            choices=_labels(*USES),
            initial=" ".join(said),
            shape=Shape.SEVERAL,
        ),
        Question(
            "recipient.analytics",
            gettext("Who measures the visits"),
            gettext("Only where visits are measured, such as: Google Analytics."),
            initial=named or ("Google Analytics" if _names_google(reading) else ""),
            required=False,
        ),
        Question(
            "cookies.months",
            gettext("How many months those cookies last"),
            gettext("Only where visits are measured or advertising is targeted."),
            initial=_lifetime(reading),
            shape=Shape.NUMBER,
            required=False,
        ),
        *_ask_demographics(reading),
        *ask_unlisted(reading),
    ]


def _ask_demographics(reading: Reading) -> list[Question]:
    if not reading.promises(ClauseKind.DATA, DataCategory.DEMOGRAPHICS):
        return []
    return [
        Question(
            "demographics",
            gettext("Does whoever measures the visits tell you visitors' age, sex and interests?"),
            gettext("Seldom needed, and hard to defend."),
            choices=yes_or_no(),
            shape=Shape.CHOICE,
        )
    ]


def _lifetime(reading: Reading) -> str:
    known = [fact.months for fact in reading.facts_of(ClauseKind.COOKIES) if fact.months]
    return str(known[0]) if known else ""


def tell_cookies(reading: Reading, given: Given) -> Reading:
    """The uses as answered, and with them the data, source, recipient and consent of visits."""
    return tell_consent(_with_cookies(tell_unlisted(reading, given), given), given)


def _with_cookies(reading: Reading, given: Given) -> Reading:
    uses = given["cookies"]
    if CookieUse.NONE in uses and len(uses) > 1:
        raise BadAnswer("cookies", gettext("Either there are no cookies, or there are some."))
    told = with_only(reading, ClauseKind.COOKIES, uses)
    if not {CookieUse.ANALYTICS, CookieUse.MARKETING} & set(uses):
        told = without_facts(told, ClauseKind.DATA, OF_VISITS)
        told = without_facts(told, ClauseKind.SOURCE, [SourceKind.COOKIES])
        return without_facts(told, ClauseKind.RECIPIENT, [RecipientKind.ANALYTICS])
    name = given["recipient.analytics"]
    if not name:
        raise BadAnswer("recipient.analytics", gettext("Say who measures the visits."))
    collected = OF_VISITS if given["demographics"] == "yes" else OF_VISITS[:1]
    told = with_only(told, ClauseKind.DATA, collected, among=OF_VISITS)
    told = with_facts(told, ClauseKind.DATA, collected, under_other_heading=False)
    told = with_facts(told, ClauseKind.SOURCE, [SourceKind.COOKIES])
    beyond = [use for use in uses if use != CookieUse.NECESSARY]
    months = given["cookies.months"]
    if not months:
        raise BadAnswer("cookies.months", gettext("Say how long those cookies last."))
    told = with_facts(told, ClauseKind.COOKIES, beyond, name=name, months=months)
    return with_facts(
        told,
        ClauseKind.RECIPIENT,
        [RecipientKind.ANALYTICS],
        name=name,
        under_other_heading=False,
    )


def ask_transfers(reading: Reading, today: date) -> list[Question]:
    """Arts 13(1)(f), 44-49: whether data leave the EU, where to, to whom and on what ground."""
    if _all_told(reading):
        return []
    none = reading.promises(ClauseKind.TRANSFER, TransferTool.NONE)
    fact = next(iter(_on_a_ground(reading)), None)
    if none and (fact or _names_service_outside(reading)):
        fact, none = None, False
    return [
        Question(
            "transfer",
            gettext("On what ground data go outside the EU and the EEA"),
            gettext(
                "Ask your suppliers where their servers are and who can see the data. In the United"
                " States the adequacy decision covers only a receiver that is on the list of the"
                " Data Privacy Framework: look it up at dataprivacyframework.gov."
            ),
            choices=_labels(*TOOLS),
            initial=str(fact.term if fact else TransferTool.NONE if none else ""),
            shape=Shape.CHOICE,
        ),
        Question(
            "transfer.name",
            gettext("Who receives them there"),
            initial=fact.name if fact else "",
            required=False,
        ),
        Question(
            "transfer.country",
            gettext("In which country"),
            choices=tuple(countries_outside()),
            initial=fact.country if fact else "",
            shape=Shape.CHOICE,
            required=False,
        ),
    ]


def _on_a_ground(reading: Reading) -> list[Fact]:
    """The transfers that the notice rests on a tool of the law."""
    tools = set(TOOLS) - {TransferTool.NONE}
    return [fact for fact in reading.facts_of(ClauseKind.TRANSFER) if fact.term in tools]


def _all_told(reading: Reading) -> bool:
    """Whether several transfers stand there, each on its ground: a question has room for one."""
    told = _on_a_ground(reading)
    return len(told) > 1 and told == reading.facts_of(ClauseKind.TRANSFER)


def _names_service_outside(reading: Reading) -> bool:
    told = any(SERVICES_OUTSIDE.search(one.text.casefold()) for one in reading.sections)
    return told or bool(_service_outside(reading))


def _service_outside(reading: Reading) -> str:
    """A recipient known to be outside the EU, or nothing."""
    names = [fact.name for fact in reading.facts_of(ClauseKind.RECIPIENT)]
    return next((one for one in names if SERVICES_OUTSIDE.search(one.casefold())), "")


def tell_transfers(reading: Reading, given: Given) -> Reading:
    """The transfer as answered, in place of the one that was asked about; others stay."""
    if _all_told(reading):
        return reading
    tool = given["transfer"]
    if tool == TransferTool.NONE:
        if outside := _service_outside(reading):
            raise BadAnswer(
                "transfer",
                gettext("%(name)s is outside the EU: choose a ground, or leave the service out.")
                % {"name": outside},
            )
        told = with_only(reading, ClauseKind.TRANSFER, [tool])
        return with_facts(told, ClauseKind.TRANSFER, [tool], name="", country="")
    for key in ("transfer.name", "transfer.country"):
        if not given[key]:
            raise BadAnswer(key, gettext("A transfer needs a receiver and a country."))
    known = _on_a_ground(reading)
    asked = next(
        (fact for fact in known[:1] if fact.term == tool),
        Fact(ClauseKind.TRANSFER, TransferTool(tool), "", None),
    )
    answered = replace(asked, name=given["transfer.name"], country=given["transfer.country"])
    kept = [fact for fact in reading.facts if fact.kind != ClauseKind.TRANSFER]
    return replace(reading, facts=(*kept, answered, *known[1:]))


COOKIES = topic(
    SectionKey.COOKIES,
    SectionKey.DATA_CONTENT,
    SectionKey.DATA_CATEGORIES,
    SectionKey.SOURCES,
    SectionKey.RECIPIENTS,
    SectionKey.CONSENT,
    ask=ask_cookies,
    tell=tell_cookies,
)
TRANSFERS = topic(SectionKey.TRANSFERS, ask=ask_transfers, tell=tell_transfers)
