"""The sections on who, why, what, from where and to whom, and on safety (arts 13-14, 32)."""

from collections.abc import Iterator

from notices.reading import Fact, Party
from notices.terms import (
    ClauseKind,
    CookieUse,
    DataCategory,
    LegalBasis,
    Purpose,
    SectionKey,
    SourceKind,
    Statement,
    TransferTool,
)

from .blocks import Block, Said, items, paragraph
from .pen import Pen
from .retention import months_of
from .texts import capitalised, filled_in

BASIC = (DataCategory.NAME, DataCategory.ORGANISATION)
CONTACT = (DataCategory.POSTAL_ADDRESS, DataCategory.EMAIL, DataCategory.PHONE)
TECHNICAL = (DataCategory.WEBSITE, DataCategory.IP_ADDRESS, DataCategory.COOKIES)
#: Who gives data that the person did not give (art. 14).
FROM_OTHERS = tuple(kind for kind in SourceKind if not kind.is_the_person)
#: Where papers are kept (P32).
STORED = (Statement.LOCKED_STORAGE, Statement.FIREPROOF_STORAGE)


# --- who


def title(pen: Pen) -> Iterator[Block]:
    """P04: the register's name stands in the title."""
    yield paragraph(Said(heading(pen, SectionKey.TITLE)))


def heading(pen: Pen, key: SectionKey) -> str:
    """The heading of a section."""
    return pen.texts(f"headings.{key}", register=pen.texts.register(pen.reading.register_name))


def drawn_up(pen: Pen) -> Iterator[Block]:
    """P01: both dates, and that earlier versions stay readable (V02)."""
    days = {"drawn_up": pen.reading.drawn_up_on, "updated": pen.reading.updated_on}
    said = [
        pen.say(f"drawn_up.{key}", date=pen.texts.date(day)) for key, day in days.items() if day
    ]
    if said:
        yield paragraph(*said)
        yield paragraph(pen.say("drawn_up.earlier"))


def controller(pen: Pen) -> Iterator[Block]:
    """P02, art. 13(1)(a)."""
    party = pen.reading.controller
    yield _name(party)
    yield _details(pen, party, "address", "phone", "email")


def contact(pen: Pen) -> Iterator[Block]:
    """P03; and that no officer is appointed (V09). Without a person, the controller's own."""
    party = pen.reading.contact
    if any((party.name, party.phone, party.email)):
        yield _name(party)
        yield _details(pen, party, "phone", "email")
        yield paragraph(pen.say("contact.person"))
    elif pen.email or pen.phone:
        yield _details(pen, pen.reading.controller, "phone", "email")
        yield paragraph(pen.say("contact.ourselves"))
    yield _statements(pen, SectionKey.CONTACT, Statement.NO_OFFICER)


def _name(party: Party) -> Block:
    name = filled_in(party.name or "")
    return paragraph(Said(name) if name else None)


def _details(pen: Pen, party: Party, *parts: str) -> Block:
    return items(pen.say_if(getattr(party, part), f"party.{part}", part) for part in parts)


def register_name(pen: Pen) -> Iterator[Block]:
    name = pen.reading.register_name
    yield paragraph(Said(pen.texts.register(name)) if name and filled_in(name) else None)


def _statements(pen: Pen, section: SectionKey, *terms: Statement) -> Block:
    """What the notice states of `terms`, in their order."""
    found = [(term, pen.of(ClauseKind.STATEMENT, term)) for term in terms]
    return paragraph(*(pen.say(f"{section}.{term}", facts) for term, facts in found if facts))


# --- why


def purpose(pen: Pen) -> Iterator[Block]:
    """Each purpose with its one basis (P05-P16), and whether data must be given (13(2)(e))."""
    if purposes := pen.of(ClauseKind.PURPOSE):
        yield paragraph(pen.say("purpose.intro"))
        yield items(
            (
                *(_purpose(pen, fact) for fact in purposes),
                pen.say("purpose.vouchers"),
                pen.say("purpose.requests"),
            )
        )
    if pen.promises(ClauseKind.PURPOSE, Purpose.PUBLICATION):
        yield paragraph(pen.say("purpose.forbid_publication"))
    if pen.has_contacts:
        yield paragraph(pen.say("purpose.organisation"))
    yield _duty_to_give(pen)


def _purpose(pen: Pen, fact: Fact) -> Said:
    basis = pen.texts(f"purpose.{fact.legal_basis}") if fact.legal_basis else ""
    # the basis begins with a space, which filling in would take away
    words = pen.texts(f"purpose.{fact.term}", **pen.order, basis=basis)
    return Said(words, (fact,))


def _duty_to_give(pen: Pen) -> Block:
    """13(2)(e): whether the law or a contract demands the data, and what follows without them."""
    kind = ClauseKind.STATEMENT
    demanded = pen.of(kind, Statement.DEMANDED_BY_LAW)
    needed = pen.of(kind, Statement.NEEDED_FOR_CONTRACT)
    freely = pen.of(kind, Statement.GIVEN_FREELY)
    others = "_others" if demanded or needed else ""
    return paragraph(
        pen.say("purpose.demanded_by_law", demanded) if demanded else None,
        pen.say("purpose.not_demanded") if needed and not demanded else None,
        pen.say("purpose.needed_for_contract", needed) if needed else None,
        pen.say(f"purpose.given_freely{others}", freely) if freely else None,
    )


def legitimate_interest(pen: Pen) -> Iterator[Block]:
    """Which interest each purpose serves (13(1)(d); D13, D40)."""
    interests = pen.resting_on(LegalBasis.LEGITIMATE_INTEREST)
    said = [pen.say(f"legitimate_interest.{fact.term}") for fact in interests]
    if pen.has_contacts:
        said.append(pen.say("legitimate_interest.organisation"))
    if said:
        yield paragraph(pen.say("legitimate_interest.intro"))
        yield items(said)
        right = heading(pen, SectionKey.OBJECTION)
        yield paragraph(pen.say("legitimate_interest.objection", objection=right))
    elif pen.all_bases_known:
        yield paragraph(pen.say("legitimate_interest.none"))


def consent(pen: Pen) -> Iterator[Block]:
    """13(2)(c): the right to withdraw, or that nothing rests on consent (D14)."""
    purposes, cookies = pen.resting_on(LegalBasis.CONSENT), pen.consent_cookies
    if purposes or cookies:
        yield paragraph(pen.say("consent.intro"))
        yield items(
            (
                *(pen.say(f"purpose_name.{fact.term}") for fact in purposes),
                *(pen.say(f"consent.{fact.term}") for fact in cookies),
            )
        )
    else:
        stated = pen.of(ClauseKind.STATEMENT, Statement.NO_CONSENT)
        known = bool(stated) or pen.all_bases_known
        yield paragraph(
            pen.say("consent.no_consent", stated) if known else None, pen.say("consent.later")
        )
        if known:
            return
    yield paragraph(pen.say("consent.withdraw"))


# --- what


def data_categories(pen: Pen) -> Iterator[Block]:
    """14(1)(d); D19: of data, and of whom."""
    if not pen.of(ClauseKind.DATA):
        return
    yield items(
        (
            _group(pen, "basic", BASIC),
            _group(pen, "contact", CONTACT),
            _alone(pen, DataCategory.ORDERS),
            _alone(pen, DataCategory.BILLING),
            _group(pen, "technical", TECHNICAL),
            _group(pen, "demographics", (DataCategory.DEMOGRAPHICS,)),
        )
    )
    with_contacts = pen.promises(ClauseKind.DATA, DataCategory.ORGANISATION)
    persons = "persons_and_contacts" if with_contacts else "persons"
    yield paragraph(pen.say(f"data_categories.{persons}"))


def _group(pen: Pen, key: str, categories: tuple[DataCategory, ...]) -> Said | None:
    held = [category for category in categories if pen.promises(ClauseKind.DATA, category)]
    if not held:
        return None
    names = pen.texts.listed(pen.texts(f"data_name.{category}") for category in held)
    return pen.say(f"data_categories.{key}", data=names)


def _alone(pen: Pen, category: DataCategory) -> Said | None:
    if not pen.promises(ClauseKind.DATA, category):
        return None
    return pen.say(f"data_categories.{category}")


def data_content(pen: Pen) -> Iterator[Block]:
    """P20: the closed list; and what the law itself makes the register keep."""
    facts = pen.of(ClauseKind.DATA)
    if not facts:
        return
    yield paragraph(pen.say("data_content.intro"))
    yield items(pen.say(f"data_content.{fact.term}", [fact]) for fact in facts)
    yield paragraph(pen.say("data_content.law_intro"))
    kept = ("vouchers", "requests", "prohibitions", "history", "end", "language")
    yield items(pen.say(f"data_content.law_{what}") for what in kept)
    yield paragraph(pen.say("data_content.code"))


# --- from where, to whom


def sources(pen: Pen) -> Iterator[Block]:
    """P21-P26, and whether they are public (14(2)(f), D41); when we tell (14(3))."""
    facts = pen.of(ClauseKind.SOURCE)
    if facts:
        yield paragraph(pen.say("sources.intro"))
        yield items(pen.say_named("sources", fact) for fact in facts)
    public = pen.promises(ClauseKind.STATEMENT, Statement.PUBLIC_SOURCES)
    yield _statements(
        pen, SectionKey.SOURCES, Statement.PUBLIC_SOURCES if public else Statement.NO_PUBLIC_SOURCES
    )
    if public or pen.promises(ClauseKind.SOURCE, *FROM_OTHERS):
        yield paragraph(pen.say("sources.told"))


def recipients(pen: Pen) -> Iterator[Block]:
    """13(1)(e): by name where the notice names them (A02)."""
    if facts := pen.of(ClauseKind.RECIPIENT):
        yield paragraph(pen.say("recipients.intro"))
        yield items(pen.say_named("recipients", fact) for fact in facts)


def disclosures(pen: Pen) -> Iterator[Block]:
    """P27, P28: these grounds and no other."""
    if facts := pen.of(ClauseKind.DISCLOSURE):
        yield paragraph(pen.say("disclosures.intro"))
        yield items(pen.say(f"disclosures.{fact.term}", [fact]) for fact in facts)
    else:
        yield paragraph(pen.say("disclosures.none"))


def transfers(pen: Pen) -> Iterator[Block]:
    """13(1)(f), P29: none; or where, on what ground, and how to get a copy of it (D22)."""
    tools = (TransferTool.ADEQUACY, TransferTool.STANDARD_CLAUSES, TransferTool.EXCEPTION)
    if facts := pen.of(ClauseKind.TRANSFER, *tools):
        yield paragraph(pen.say("transfers.intro"))
        yield items(_transfer(pen, fact) for fact in facts)
        yield paragraph(
            *(
                pen.say(f"transfers.{said}")
                for said, tool in (
                    ("copy", TransferTool.STANDARD_CLAUSES),
                    ("decision", TransferTool.ADEQUACY),
                )
                if pen.promises(ClauseKind.TRANSFER, tool)
            )
        )
    if if_necessary := pen.of(ClauseKind.TRANSFER, TransferTool.IF_NECESSARY):
        yield paragraph(pen.say("transfers.if_necessary", if_necessary))
    elif not facts and (none := pen.of(ClauseKind.TRANSFER, TransferTool.NONE)):
        yield paragraph(pen.say("transfers.none", none))


def _transfer(pen: Pen, fact: Fact) -> Said:
    country = pen.texts.country(fact.country) if fact.country else ""
    where = ", ".join(filter(None, (filled_in(fact.name), country)))
    words = pen.texts(f"transfers.{fact.term}", where=f"{where}: " if where else "")
    return Said(capitalised(words), (fact,))


# --- security, cookies, profiling


def security_manual(pen: Pen) -> Iterator[Block]:
    """P32, P33."""
    if not pen.promises(ClauseKind.STATEMENT, *STORED):
        yield _statements(pen, SectionKey.SECURITY_MANUAL, Statement.NO_PAPER)
        return
    undertakings = pen.promises(ClauseKind.STATEMENT, Statement.UNDERTAKINGS)
    yield paragraph(
        *_statements(pen, SectionKey.SECURITY_MANUAL, *STORED).said,
        pen.say("security_manual.undertakings") if undertakings else None,
        pen.say("security_manual.shredded"),
    )


def security_electronic(pen: Pen) -> Iterator[Block]:
    """P35-P38; what is changed is always recorded."""
    stated = _statements(
        pen,
        SectionKey.SECURITY_ELECTRONIC,
        Statement.UNDERTAKINGS,
        Statement.PERSONAL_ACCOUNTS,
        Statement.FIREWALL,
    )
    yield paragraph(
        pen.say("security_electronic.named"),
        *stated.said,
        pen.say("security_electronic.recorded"),
    )


def cookies(pen: Pen) -> Iterator[Block]:
    """K01-K03: only what is necessary, or with consent and told lifetimes; this program's own."""
    asked = pen.consent_cookies
    necessary = pen.of(ClauseKind.COOKIES, CookieUse.NECESSARY)
    if asked:
        for fact in asked:
            yield paragraph(
                pen.say(f"cookies.{fact.term}", [fact]),
                pen.say_if(fact.name, "cookies.reader", "name"),
                _lifetime(pen, fact),
            )
        yield paragraph(pen.say("cookies.withdraw"))
        yield paragraph(pen.say("cookies.necessary_too", necessary) if necessary else None)
    elif necessary:
        yield paragraph(pen.say("cookies.necessary", necessary))
    elif none := pen.of(ClauseKind.COOKIES, CookieUse.NONE):
        yield paragraph(pen.say("cookies.none", none))
    yield paragraph(pen.say("cookies.these_pages"))
    yield paragraph(pen.say("cookies.staff"))
    yield items((pen.say("cookies.staff_session"), pen.say("cookies.staff_forms")))
    yield paragraph(pen.say("cookies.staff_lifetime"))


def _lifetime(pen: Pen, fact: Fact) -> Said | None:
    months = months_of(fact)
    return pen.say("cookies.lifetime", length=pen.texts.length(months, "_gone")) if months else None


def profiling(pen: Pen) -> Iterator[Block]:
    """13(2)(f), P47, D15."""
    stated = pen.of(ClauseKind.STATEMENT, Statement.NO_AUTOMATED_DECISIONS)
    chosen = pen.profiles
    key = "no_automated_decisions_but" if chosen else "no_automated_decisions"
    yield paragraph(pen.say(f"profiling.{key}", stated) if stated else None)
    if chosen:
        yield paragraph(
            *(pen.say(f"profiling.{fact.term}") for fact in chosen), pen.say("profiling.forbid")
        )
