"""The grounds on which each right may be refused, and no other (law table B11)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notices.terms import Right

EVERY_RIGHT_DECIDED = frozenset(
    {
        Right.ACCESS,
        Right.RECTIFICATION,
        Right.ERASURE,
        Right.RESTRICTION,
        Right.PORTABILITY,
        Right.OBJECTION,
        Right.ANONYMISATION,
        Right.WITHDRAWAL,
    }
)
ERASURE = frozenset({Right.ERASURE, Right.ANONYMISATION})
#: Weighed for each purpose by itself (art. 21(1)).
WEIGHED = ("no_objection_basis", "compelling_grounds", "objection_claims")


@dataclass(frozen=True)
class Ground:
    """A lawful ground: its stable key, what it says, its article, and the rights it is for."""

    key: str
    label: Promise
    law: Promise | str
    rights: frozenset[Right]
    #: the person who decides must show it in words (art. 12(5): the burden of proof is ours)
    needs_demonstration: bool = False
    #: never for all of it: pieces are masked, and the rest is given (A07, A08; s. 34(2))
    is_partial: bool = False

    def __str__(self) -> str:
        """What it says, and its article behind it."""
        return f"{self.label} ({self.law})"


GROUNDS = (
    Ground(
        "not_identified",
        _("It has not been shown who asks."),
        _("GDPR articles 11(2), 12(2) and 12(6)"),
        EVERY_RIGHT_DECIDED,
    ),
    Ground(
        "excessive",
        _("The request is clearly unfounded or excessive."),
        _("GDPR article 12(5)(b)"),
        EVERY_RIGHT_DECIDED,
        needs_demonstration=True,
    ),
    Ground(
        "rights_of_others",
        _("The rest would harm the rights of other people."),
        _("GDPR article 15(4)"),
        frozenset({Right.ACCESS}),
        is_partial=True,
    ),
    Ground(
        "national_limits",
        _("The Data Protection Act limits access to these data."),
        _("Data Protection Act 1050/2018, section 34(1)"),
        frozenset({Right.ACCESS}),
        is_partial=True,
    ),
    Ground(
        "accurate",
        _("The data are correct."),
        _("GDPR article 16"),
        frozenset({Right.RECTIFICATION}),
    ),
    Ground(
        "somebody_else",
        _("The data are not about the person who asks."),
        _("GDPR article 16"),
        frozenset({Right.RECTIFICATION}),
    ),
    Ground(
        "voucher",
        _("The law forbids changing these data. A note was added beside them."),
        _("Accounting Act 1336/1997, chapter 2, section 7"),
        frozenset({Right.RECTIFICATION}),
    ),
    Ground(
        "open_invoice",
        _("An invoice is open."),
        _("GDPR article 17(3)(e) and the promise of the privacy notice"),
        ERASURE,
    ),
    Ground(
        "collection",
        _("A debt is being collected."),
        _("GDPR article 17(3)(e) and the promise of the privacy notice"),
        ERASURE,
    ),
    Ground(
        "legal_obligation",
        _("The law obliges us to keep the data."),
        _("GDPR article 17(3)(b)"),
        ERASURE,
    ),
    Ground(
        "legal_claims",
        _("The data are needed for a legal claim."),
        _("GDPR article 17(3)(e)"),
        ERASURE,
        needs_demonstration=True,
    ),
    Ground(
        "contact_person_role",
        _("The person speaks for an organisation that is our customer."),
        _("GDPR articles 17(1)(a) and 21(1)"),
        ERASURE,
        needs_demonstration=True,
    ),
    Ground(
        "restriction_asked",
        _("The person has asked us to keep the data restricted instead."),
        _("GDPR article 18(1)(b) and (c)"),
        ERASURE,
    ),
    Ground(
        "no_restriction_ground",
        _("None of the four grounds for a restriction is met."),
        _("GDPR article 18(1)"),
        frozenset({Right.RESTRICTION}),
    ),
    Ground(
        "not_provided",
        _("The person has not given us these data."),
        _("GDPR article 20(1)"),
        frozenset({Right.PORTABILITY}),
    ),
    Ground(
        "other_basis",
        _("The processing is based neither on consent nor on a contract."),
        _("GDPR article 20(1)(a)"),
        frozenset({Right.PORTABILITY}),
    ),
    Ground(
        "not_automated",
        _("The data are not processed by automated means."),
        _("GDPR article 20(1)(b)"),
        frozenset({Right.PORTABILITY}),
    ),
    Ground(
        "public_task",
        _("The processing is needed for a task in the public interest."),
        _("GDPR article 20(3)"),
        frozenset({Right.PORTABILITY}),
    ),
    Ground(
        "portability_of_others",
        _("The transfer would harm the rights of other people."),
        _("GDPR article 20(4)"),
        frozenset({Right.PORTABILITY}),
    ),
    Ground(
        "not_feasible",
        _("The direct transfer is not technically feasible."),
        _("GDPR article 20(2)"),
        frozenset({Right.PORTABILITY}),
    ),
    Ground(
        "no_objection_basis",
        _("The processing is not based on a legitimate interest."),
        _("GDPR article 21(1)"),
        frozenset({Right.OBJECTION}),
    ),
    Ground(
        "compelling_grounds",
        _("We have compelling legitimate grounds that override the objection."),
        _("GDPR article 21(1)"),
        frozenset({Right.OBJECTION}),
        needs_demonstration=True,
    ),
    Ground(
        "objection_claims",
        _("The data are needed for a legal claim."),
        _("GDPR article 21(1)"),
        frozenset({Right.OBJECTION}),
        needs_demonstration=True,
    ),
)
BY_KEY = {ground.key: ground for ground in GROUNDS}


def ground_choices() -> list[tuple[str, Promise]]:
    """Every ground by key, as a column keeps it."""
    return [(ground.key, ground.label) for ground in GROUNDS]


def grounds_for(right: str) -> list[Ground]:
    """The grounds on which `right` may be refused; none for a prohibition (M01)."""
    return [one for one in GROUNDS if right in one.rights and not one.is_partial]
