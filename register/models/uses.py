"""For what the data of customers may be used now, and what stands in the way (C04, M02, P14,
P19)."""

from collections.abc import Iterable, Mapping, Set
from datetime import date
from itertools import product

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from notices.models import Notice, governing_notice
from notices.terms import LegalBasis, ProhibitedUse, ProhibitionScope, Purpose
from register.models.consents import Consent
from register.models.objections import Objection
from register.models.prohibitions import ContactDigest, Prohibition
from register.models.restrictions import unrestricted
from register.models.telling import NoticeGiven

#: what it names was new to nobody here
FIRST_VERSION = 1
MARKETING = (ProhibitionScope.DIRECT_ADVERTISING, ProhibitionScope.DIRECT_MARKETING)
#: What forbids a purpose: the scope and the use. Labels of a list are for marketing too (P14).
FORBIDDING: Mapping[str, Iterable[tuple[str, str]]] = {
    Purpose.AD_TARGETING: list(product(MARKETING, [ProhibitedUse.PROCESSING])),
    Purpose.PUBLICATION: list(product((*MARKETING, ProhibitionScope.PUBLICATION), ProhibitedUse)),
}
#: For which purposes alone a list of such a use may be made, as people are told what their data
#: serve: labels for direct advertising stand under publication (art. 5(1)(b); P11, P14).
SERVING: Mapping[str, Set[str]] = {
    **{
        scope: {Purpose.AD_TARGETING, Purpose.PUBLICATION}
        for scope in (*MARKETING, ProhibitionScope.DISTANCE_SELLING)
    },
    ProhibitionScope.PUBLICATION: {Purpose.PUBLICATION},
}


class InTheWay(models.TextChoices):
    """Why the data of a customer may not serve a purpose of the notice in force."""

    UNTOLD = "untold", _("the customer has not been told of it")
    NO_CONSENT = "no_consent", _("the customer has not agreed to it")
    FORBIDDEN = "forbidden", _("the customer has forbidden it")
    OBJECTED = "objected", _("the customer has objected to it")
    RESTRICTED = "restricted", _("the data may only be kept")
    TO_ERASE = "to_erase", _("the customer is to be erased")


def needs(
    notice: Notice | None, told_by: date | None = None, categories: Iterable[str] = ()
) -> dict[Purpose, dict[InTheWay, Q]]:
    """Each purpose of `notice`, which is in force, with what a customer must meet to be used for
    it, by what stands in the way else; `told_by` is the last day to have been told, `categories`
    what the use needs of the data: who has one of them at rest is left out (S03, S08). Asked row
    by row: no condition reads a whole table."""
    if notice is None:
        return {}
    since = Notice.objects.purposes_since()
    used = [*categories]
    return {one: _needs(notice, one, since[one], told_by, used) for one in Purpose if one in since}


def needs_of(
    purpose: str, told_by: date | None = None, categories: Iterable[str] = ()
) -> dict[InTheWay, Q] | None:
    """The same of one purpose; None when the notice in force does not name it."""
    return needs(governing_notice(), told_by, categories).get(Purpose(purpose))


def _needs(
    notice: Notice, purpose: Purpose, since: int, told_by: date | None, used: Iterable[str]
) -> dict[InTheWay, Q]:
    needed = {
        InTheWay.RESTRICTED: unrestricted(used),
        InTheWay.TO_ERASE: Q(to_erase_at__isnull=True),
        InTheWay.OBJECTED: not_objecting(purpose),
    }
    if since > FIRST_VERSION:
        needed[InTheWay.UNTOLD] = told(since, told_by)
    if notice.bases(purpose) == {LegalBasis.CONSENT}:
        needed[InTheWay.NO_CONSENT] = agreed(purpose)
    if purpose in FORBIDDING:
        needed[InTheWay.FORBIDDEN] = not_forbidden(FORBIDDING[purpose])
    return needed


def told(since: int, by: date | None = None) -> Q:
    """Given a notice of version `since` or later, on the day `by` or before; an organisation is
    nobody to tell."""
    given = NoticeGiven.objects.filter(customer=OuterRef("pk"), notice__version__gte=since)
    if by:
        given = given.filter(given_on__lte=by)
    return ~Q(organisation_name="") | Q(Exists(given))


def agreed(purpose: str) -> Q:
    """Having given a consent that counts (C01)."""
    return Q(Exists(Consent.objects.in_force().filter(customer=OuterRef("pk"), purpose=purpose)))


def not_objecting(purpose: str) -> Q:
    """Having no objection to `purpose` that is weighed or upheld (M02)."""
    own = Objection.objects.in_force().filter(customer=OuterRef("pk"), purpose=purpose)
    return ~Q(Exists(own.order_by()))


def opted_in(purpose: str) -> Q:
    """Having agreed to be given away for `purpose`: nobody is unless they have (art. 25(2); P14,
    table A4). An organisation is nobody to ask."""
    return ~Q(organisation_name="") | agreed(purpose)


def not_forbidden(pairs: Iterable[tuple[str, str]]) -> Q:
    """Reached by no address or number for which one of `pairs` (scope, use) is forbidden."""
    what = Q()
    for scope, use in pairs:
        what |= Q(scope=scope, use=use)
    forbidding = Prohibition.objects.filter(what, digest=OuterRef("digest")).order_by()
    met = ContactDigest.objects.filter(Exists(forbidding), customer=OuterRef("pk"))
    return ~Q(Exists(met))
