"""Which function writes which section, and which section says which fact."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from notices.reading import Fact, Reading
from notices.terms import ClauseKind, Language, Right, SectionKey, Statement

from . import matters, retention, rights
from .blocks import Block, text_of
from .pen import Pen

WRITERS: Mapping[SectionKey, Callable[[Pen], Iterator[Block]]] = {
    SectionKey.TITLE: matters.title,
    SectionKey.DRAWN_UP: matters.drawn_up,
    SectionKey.CONTROLLER: matters.controller,
    SectionKey.CONTACT: matters.contact,
    SectionKey.REGISTER_NAME: matters.register_name,
    SectionKey.PURPOSE: matters.purpose,
    SectionKey.LEGITIMATE_INTEREST: matters.legitimate_interest,
    SectionKey.DATA_CATEGORIES: matters.data_categories,
    SectionKey.RECIPIENTS: matters.recipients,
    SectionKey.CONSENT: matters.consent,
    SectionKey.DATA_CONTENT: matters.data_content,
    SectionKey.SOURCES: matters.sources,
    SectionKey.RETENTION: retention.retention,
    SectionKey.DISCLOSURES: matters.disclosures,
    SectionKey.TRANSFERS: matters.transfers,
    SectionKey.SECURITY_MANUAL: matters.security_manual,
    SectionKey.SECURITY_ELECTRONIC: matters.security_electronic,
    SectionKey.COOKIES: matters.cookies,
    SectionKey.PROFILING: matters.profiling,
    SectionKey.ACCESS: rights.access,
    SectionKey.PORTABILITY: rights.portability,
    SectionKey.RECTIFICATION: rights.rectification,
    SectionKey.RESTRICTION: rights.restriction,
    SectionKey.OBJECTION: rights.objection,
    SectionKey.COMPLAINT: rights.complaint,
    SectionKey.OTHER_RIGHTS: rights.other_rights,
}

HOMES: Mapping[ClauseKind, SectionKey] = {
    ClauseKind.DATA: SectionKey.DATA_CONTENT,
    ClauseKind.PURPOSE: SectionKey.PURPOSE,
    ClauseKind.SOURCE: SectionKey.SOURCES,
    ClauseKind.RECIPIENT: SectionKey.RECIPIENTS,
    ClauseKind.DISCLOSURE: SectionKey.DISCLOSURES,
    ClauseKind.RETENTION: SectionKey.RETENTION,
    ClauseKind.TRANSFER: SectionKey.TRANSFERS,
    ClauseKind.COOKIES: SectionKey.COOKIES,
}
HOMES_OF_TERMS: Mapping[str, SectionKey] = {
    Right.ACCESS: SectionKey.ACCESS,
    Right.RECTIFICATION: SectionKey.RECTIFICATION,
    Right.ERASURE: SectionKey.OTHER_RIGHTS,
    Right.RESTRICTION: SectionKey.RESTRICTION,
    Right.PORTABILITY: SectionKey.PORTABILITY,
    Right.OBJECTION: SectionKey.OBJECTION,
    Right.PROHIBITION: SectionKey.OBJECTION,
    Right.ANONYMISATION: SectionKey.OTHER_RIGHTS,
    Right.COMPLAINT: SectionKey.COMPLAINT,
    Right.WITHDRAWAL: SectionKey.CONSENT,
    Statement.AUTHORITY: SectionKey.COMPLAINT,
    Statement.NO_OFFICER: SectionKey.CONTACT,
    Statement.NO_AUTOMATED_DECISIONS: SectionKey.PROFILING,
    Statement.NEEDED_FOR_CONTRACT: SectionKey.PURPOSE,
    Statement.GIVEN_FREELY: SectionKey.PURPOSE,
    Statement.DEMANDED_BY_LAW: SectionKey.PURPOSE,
    Statement.NO_CONSENT: SectionKey.CONSENT,
    Statement.NO_PUBLIC_SOURCES: SectionKey.SOURCES,
    Statement.PUBLIC_SOURCES: SectionKey.SOURCES,
    Statement.UNDERTAKINGS: SectionKey.SECURITY_ELECTRONIC,
    Statement.PERSONAL_ACCOUNTS: SectionKey.SECURITY_ELECTRONIC,
    Statement.FIREWALL: SectionKey.SECURITY_ELECTRONIC,
    Statement.LOCKED_STORAGE: SectionKey.SECURITY_MANUAL,
    Statement.FIREPROOF_STORAGE: SectionKey.SECURITY_MANUAL,
    Statement.NO_PAPER: SectionKey.SECURITY_MANUAL,
}


def home_of(fact: Fact) -> SectionKey:
    """The section that says a fact."""
    return HOMES.get(fact.kind) or HOMES_OF_TERMS[fact.term]


@dataclass(frozen=True)
class Written:
    """A section in one language; `promises` are the sentences that say its facts."""

    heading: str
    text: str
    promises: Mapping[Fact, str]


def written(reading: Reading, key: SectionKey, language: Language) -> Written | None:
    """The section `key`, or None where the notice holds nothing that it could say."""
    pen = Pen(reading, language)
    blocks = list(WRITERS[key](pen))
    promises = {
        fact: said.promise for block in blocks for said in block.said for fact in said.facts
    }
    text = text_of(blocks)
    return Written(matters.heading(pen, key), text, promises) if text else None
