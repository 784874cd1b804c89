"""Lists of customers as files: labels, directories, e-mail lists; who may be on them, and until
when the file is given out (P05, P14, P52, P65, M05-M08; E08).

The file and its row are the program's own working data and go within a day or so. What stays is the
row of the ledger (`Disclosure`), with exactly those who were on the list.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import reduce
from itertools import product
from operator import and_
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import BigIntegerField, Case, Count, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.bulk import A_BLOCK
from audit.files import remove_after_commit
from audit.models import Derived
from audit.reasons import because
from notices.models import governing_notice
from notices.terms import DataCategory, DisclosureGround, ProhibitedUse, ProhibitionScope, Purpose
from register.models.collection import Collection
from register.models.customers import Customer, CustomerQuerySet
from register.models.disclosures import Disclosed, Disclosure, forbids, is_given_away
from register.models.orders import Order
from register.models.recipients import CategoriesField, Recipient, Refusal
from register.models.restrictions import unrestricted
from register.models.uses import MARKETING, InTheWay, agreed, needs_of, not_forbidden, opted_in

#: How long the file of a list is given out, and then still there.
KEPT_FOR = timedelta(days=1)
#: How long what was asked for and never made stays on the page of lists.
SHOWN_FOR = timedelta(days=30)


class ListKind(models.TextChoices):
    """What a list is."""

    LABELS = "labels", _("mailing labels")
    DIRECTORY = "directory", _("directory")
    EMAILS = "emails", _("e-mail list")


class ListLayout(models.TextChoices):
    """How the file of a list looks: sheets of labels on A4 (columns by rows), or a table."""

    SHEET_3_8 = "3x8", _("sheets of 3 × 8 labels, 70 × 37 mm")
    SHEET_3_7 = "3x7", _("sheets of 3 × 7 labels, 63.5 × 38.1 mm")
    SHEET_2_7 = "2x7", _("sheets of 2 × 7 labels, 99.1 × 38.1 mm")
    PAPER = "paper", _("to be read and printed (PDF)")
    XLSX = "xlsx", _("for a spreadsheet (XLSX)")
    CSV = "csv", _("for programs (CSV)")


SHEETS = (ListLayout.SHEET_3_8, ListLayout.SHEET_3_7, ListLayout.SHEET_2_7)
TABLES = (ListLayout.XLSX, ListLayout.CSV)
LAYOUTS: Mapping[str, tuple[ListLayout, ...]] = {
    ListKind.LABELS: SHEETS,
    ListKind.DIRECTORY: (ListLayout.PAPER, *TABLES),
    ListKind.EMAILS: TABLES,
}
#: What each kind of list cannot do without, and what else it may tell.
NEEDED: Mapping[str, tuple[DataCategory, ...]] = {
    ListKind.LABELS: (DataCategory.NAME, DataCategory.POSTAL_ADDRESS),
    ListKind.DIRECTORY: (DataCategory.NAME,),
    ListKind.EMAILS: (DataCategory.EMAIL,),
}
POSSIBLE: Mapping[str, tuple[DataCategory, ...]] = {
    ListKind.LABELS: (DataCategory.ORGANISATION,),
    ListKind.DIRECTORY: (
        DataCategory.ORGANISATION,
        DataCategory.POSTAL_ADDRESS,
        DataCategory.PHONE,
        DataCategory.EMAIL,
        DataCategory.WEBSITE,
    ),
    # by what right somebody is on it may be an order (M07)
    ListKind.EMAILS: (DataCategory.NAME, DataCategory.ORGANISATION, DataCategory.ORDERS),
}
_IS_PERSON = ~Q(given_name="") | ~Q(family_name="")
_ABROAD = ~Q(country__in=["", "FI"])
_HAS_ADDRESS = ~Q(street="") & ~Q(city="") & (~Q(postcode="") | _ABROAD)


class LeftOut(models.TextChoices):
    """Why somebody is not on a list, beside what stands in the way of every use (`InTheWay`)."""

    ERASED = "erased", _("erased")
    NO_NAME = "no_name", _("no name")
    NO_ADDRESS = "no_address", _("no full postal address")
    NO_EMAIL = "no_email", _("no e-mail address")
    NO_EVIDENCE = (
        "no_evidence",
        _("a person without consent, and without an order at which e-mail could be refused"),
    )

    @classmethod
    def words(cls, why: str) -> str:
        """What `why` of this or of `InTheWay` says."""
        every = dict([*InTheWay.choices, *cls.choices])
        return str(every[why])


class PeopleHaveLeft(Exception):
    """Somebody who stood on a list while its file was made may be on it no more."""


class ListHasEnded(Exception):
    """A list that is made, or given up, or of which the notice in force does not speak now."""


def bought() -> Q:
    """Having an order at which e-mail marketing could be refused, and an address that the customer
    gave by then, and not later (917/2014 s. 200(3); M07). A cancelled order is no sale."""
    origin = Cast(OuterRef(OuterRef("collected__email")), BigIntegerField())
    by_then = Collection.objects.from_the_person().filter(
        pk=origin, collected_on__lte=OuterRef("refusal_offered_on")
    )
    orders = Order.objects.order_by().filter(
        Exists(by_then),
        customer=OuterRef("pk"),
        refusal_offered_on__isnull=False,
        cancelled_on__isnull=True,
    )
    return Q(Exists(orders))


class CustomerListQuerySet(models.QuerySet["CustomerList"]):
    """Lists by whether their files are given out."""

    def with_files(self) -> "CustomerListQuerySet":
        return self.filter(made_at__isnull=False, ended_at__isnull=True)

    def about(self, customers: Iterable[Any]) -> "CustomerListQuerySet":
        """Those that any of `customers` (rows or keys) is on."""
        on_them = Disclosed.objects.filter(customer__in=list(customers))
        return self.filter(disclosure__in=on_them.order_by().values("disclosure"))

    def end(self, *, now: datetime) -> None:
        """Give the files of these lists out no more, and remove them."""
        with transaction.atomic():
            ending = self.with_files().select_for_update(of=("self",)).order_by("pk")
            keys = list(ending.values_list("pk", flat=True))
            CustomerList.objects.filter(pk__in=keys).update(ended_at=now)
            parts = ListPart.objects.filter(of__in=keys)
            remove_after_commit(list(parts.values_list("file", flat=True)), now=now)
            parts.delete()

    def forget(self, *, now: datetime) -> None:
        """The daily clock: files are given out for `KEPT_FOR`; what nobody has made goes."""
        self.filter(made_at__lte=now - KEPT_FOR).end(now=now)
        self.filter(disclosure=None, asked_at__lte=now - SHOWN_FOR).delete()


class CustomerList(Derived):
    """A list of customers that somebody asked for, and its file for as long as it is given out."""

    kind = models.CharField(_("list"), max_length=20, choices=ListKind)
    layout = models.CharField(_("form"), max_length=20, choices=ListLayout)
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose)
    #: who has forbidden this is not on it
    scope = models.CharField(_("used for"), max_length=30, choices=ProhibitionScope)
    recipient = models.ForeignKey(
        Recipient, models.PROTECT, null=True, related_name="+", verbose_name=_("recipient")
    )
    ground = models.CharField(_("ground"), max_length=30, choices=DisclosureGround, blank=True)
    categories = CategoriesField(_("data"))
    #: of the headings and of the names of countries
    language = models.CharField(max_length=2)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for"))
    #: somebody has said that it is to be made
    ordered_at = models.DateTimeField(null=True)
    #: so many stand on it already, for whoever waits
    done = models.PositiveIntegerField(default=0)
    #: how many are left out, by why
    left_out = models.JSONField(default=dict)
    disclosure = models.OneToOneField(
        Disclosure, models.PROTECT, null=True, related_name="made_as", verbose_name=_("disclosure")
    )
    made_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    #: its file is given out no more
    ended_at = models.DateTimeField(null=True)
    #: its file was first given out
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = CustomerListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of customers")
        verbose_name_plural = _("lists of customers")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="list_made_with_its_disclosure",
                condition=Q(made_at__isnull=True, disclosure__isnull=True)
                | Q(made_at__isnull=False, disclosure__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="list_with_file",
                fields=["made_at"],
                condition=Q(made_at__isnull=False, ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        told = {"number": self.pk, "kind": self.get_kind_display()}
        return gettext("List %(number)s: %(kind)s") % told

    @property
    def told(self) -> list[str]:
        """The categories of data that are on it."""
        wanted = {*NEEDED[self.kind], *self.categories}
        return [one.value for one in DataCategory if one in wanted]

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has said yet that it is to be made."""
        return not self.ordered_at and not self.made_at

    @property
    def goes_on(self) -> bool:
        return bool(self.ordered_at and not self.made_at and not self.given_up_at)

    @property
    def state(self) -> str:
        """How far it is, in a few words."""
        if self.ended_at:
            return gettext("its file is gone")
        if self.made_at:
            return gettext("its file is ready")
        if self.given_up_at:
            return gettext("could not be made")
        return gettext("is being made") if self.ordered_at else gettext("waits for your decision")

    def refusals(self, *, now: datetime) -> dict[str, Refusal]:
        """Why it may not be made under the notice in force, by the column at fault."""
        notice = governing_notice()
        if notice is None:
            return {"purpose": Refusal.UNDECLARED_PURPOSE}
        asked = Disclosure(
            notice=notice,
            recipient=self.recipient,
            ground=self.ground,
            purpose=self.purpose,
            categories=self.told,
            disclosed_at=now,
        )
        return asked.refusals()

    @property
    def is_given_away(self) -> bool:
        """Whether somebody outside publishes it, so that only who has agreed is on it: also a
        directory that is printed for us. Claims and the law ask nobody (art. 25(2); P14)."""
        is_directory = self.kind == ListKind.DIRECTORY and self.purpose == Purpose.PUBLICATION
        outside = bool(self.recipient_id) and forbids(InTheWay.NO_CONSENT, self.ground)
        return outside and (is_directory or is_given_away(self.recipient, self.purpose))

    @property
    def forbidding(self) -> Iterable[tuple[str, str]]:
        """What forbids to be on it. Labels and directories are for marketing too (P14); who
        forbids others to get data for anything is given to nobody (P65)."""
        scopes = {*MARKETING, ProhibitionScope.PUBLICATION, ProhibitionScope(self.scope)}
        if self.kind == ListKind.EMAILS:
            scopes.add(ProhibitionScope.DISTANCE_SELLING)
        forbidding = set(product(scopes, ProhibitedUse))
        if self.recipient_id:
            forbidding |= set(product(ProhibitionScope, [ProhibitedUse.DISCLOSURE]))
        return sorted(forbidding)

    def _needs(self) -> dict[str, Q] | None:
        """What a customer must meet, by why else it is left out, in the order in which that is
        told; None when the notice in force does not name the purpose."""
        of_purpose = needs_of(self.purpose, categories=self.told)
        if of_purpose is None:
            return None
        needed = {why.value: met for why, met in of_purpose.items()}
        if self.is_given_away:
            needed.setdefault(InTheWay.NO_CONSENT.value, opted_in(self.purpose))
        needed[InTheWay.FORBIDDEN.value] = not_forbidden(self.forbidding)
        if self.kind == ListKind.EMAILS:
            needed[LeftOut.NO_EMAIL.value] = ~Q(email="")
            organisation = ~Q(organisation_name="")
            # an order that may only be kept shows nothing (S08)
            sold = bought() & unrestricted([DataCategory.ORDERS])
            needed[LeftOut.NO_EVIDENCE.value] = organisation | agreed(self.purpose) | sold
        else:
            organisations = DataCategory.ORGANISATION in self.told
            named = _IS_PERSON | ~Q(organisation_name="") if organisations else _IS_PERSON
            needed[LeftOut.NO_NAME.value] = named
        if self.kind == ListKind.LABELS:
            needed[LeftOut.NO_ADDRESS.value] = _HAS_ADDRESS
        return needed

    def people(self) -> CustomerQuerySet:
        """Those who may be on it now."""
        needed = self._needs()
        every: CustomerQuerySet = Customer.objects.unerased()
        return every.none() if needed is None else every.filter(*needed.values())

    def counted(self) -> dict[str, int]:
        """How many may be on it now (""), and how many are left out by why; who is left out for
        several reasons is counted under the first. One query."""
        needed = self._needs()
        if needed is None:
            return {"": 0}
        first = [
            When(erased_at__isnull=False, then=Value(LeftOut.ERASED.value)),
            *(When(~met, then=Value(why)) for why, met in needed.items()),
        ]
        why = Case(*first, default=Value(""), output_field=models.CharField())
        found = Customer.objects.order_by().values(why=why).annotate(number=Count("pk"))
        counts = dict(found.values_list("why", "number"))
        return {why: counts.get(why, 0) for why in ("", LeftOut.ERASED.value, *needed)}

    def is_usable(self, *, now: datetime) -> bool:
        """Whether its file may still be given out: under the notice in force, to this recipient,
        and with everybody who is on it (P14, P52, P65)."""
        needed = self._needs()
        if self.made_at is None or self.ended_at or now > self.made_at + KEPT_FOR:
            return False
        if needed is None or self.refusals(now=now):
            return False
        met = reduce(and_, needed.values())
        left = Q(erased_at__isnull=False) | ~met
        on_it = Customer.objects.order_by().filter(disclosed__disclosure=self.disclosure_id)
        return not on_it.filter(left).exists()

    def record(self, keys: Iterable[int], parts: Iterable["ListPart"], *, now: datetime) -> None:
        """Remember that the file with `parts` was made, and that the customers `keys` are on it, in
        one transaction.

        Raises `PeopleHaveLeft` when one of them may not be on it any more, `ListHasEnded` when
        somebody else was faster, and `DisclosureRefused`.
        """
        every = list(keys)
        people = self.people()
        with override(settings.LANGUAGE_CODE):
            reason = gettext("List of customers made")
        with because(reason), transaction.atomic():
            self.disclosure = Disclosure.objects.record(
                (
                    people.filter(pk__in=every[start : start + A_BLOCK])
                    for start in range(0, len(every), A_BLOCK)
                ),
                purpose=self.purpose,
                categories=self.told,
                recipient=self.recipient,
                ground=self.ground,
                by=self.asked_by,
                at=now,
            )
            if self.disclosure.people != len(every):
                raise PeopleHaveLeft
            waiting = CustomerList.objects.filter(pk=self.pk, made_at=None, given_up_at=None)
            made = {"made_at": now, "disclosure": self.disclosure, "done": len(every)}
            if not waiting.update(left_out=self.left_out, **made):
                raise ListHasEnded
            ListPart.objects.bulk_create(parts)


class ListPart(Derived):
    """A piece of a list's file, kept encrypted: pieces of one name are one document."""

    private_file = "file"

    of = models.ForeignKey(CustomerList, models.CASCADE, related_name="parts")
    name = models.CharField(max_length=40)
    file = models.CharField(max_length=100)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
