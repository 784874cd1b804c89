"""The rules, by what they look at; each gives the findings of one id."""

from notices.checking.rules import (
    agreeing,
    authority,
    clauses,
    cookies,
    data,
    dates,
    languages,
    own_words,
    parties,
    purposes,
    recipients,
    retention,
    rights,
    transfers,
    wording,
)
from notices.checking.rules.rule import Rule

MODULES = (
    parties,
    dates,
    purposes,
    data,
    recipients,
    transfers,
    retention,
    rights,
    cookies,
    authority,
    wording,
    languages,
    clauses,
    own_words,
    agreeing,
)
RULES: tuple[Rule, ...] = tuple(
    rule for module in MODULES for rule in vars(module).values() if isinstance(rule, Rule)
)

__all__ = ["RULES", "Rule"]
