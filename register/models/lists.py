"""Lists of customers as files: labels, directories, e-mail lists; who may be on them, and until
when the file is given out (P05, P14, P52, P65, M05-M08; E08).

The file and its row are the program's own working data and go within a day or so. What stays is the
row of the ledger (`Disclosure`), with exactly those who were on the list.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from itertools import product
from operator import and_
from typing import Any, cast

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import BigIntegerField, Case, Count, Exists, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.bulk import A_BLOCK, Pauses, insert_for_each, reserve_keys
from audit.files import remove_after_commit
from audit.models import Derived
from audit.reasons import because
from audit.tasks import later
from notices.models import governing_notice
from notices.personal_data import PersonalData
from notices.terms import DataCategory, DisclosureGround, ProhibitedUse, ProhibitionScope, Purpose
from register.models.collection import Collection
from register.models.customers import Customer, CustomerQuerySet
from register.models.disclosures import (
    Disclosed,
    Disclosure,
    forbids,
    is_given_away,
    needed_of,
)
from register.models.orders import Order
from register.models.prohibitions import ContactDigest, ContactKind
from register.models.recipients import CategoriesField, Recipient, Refusal
from register.models.restrictions import unrestricted
from register.models.uses import (
    MARKETING,
    SERVING,
    InTheWay,
    agreed,
    needs_of,
    not_forbidden,
    opted_in,
)

#: How long the file of a list is given out, and then still there.
KEPT_FOR = timedelta(days=1)
#: The act by which the duty to inform of what was given is dated, in blocks.
NOTE_GIVEN = "note_given"
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
#: An address as firms give them to people: "aino.kajo@", with letters alone around one dot or more.
_LETTERS = r"[^\s\d@._+-]+"
TWO_NAMES = rf"^{_LETTERS}([.-]{_LETTERS})*[.]{_LETTERS}@"
_IS_PERSON = ~Q(given_name="") | ~Q(family_name="")
_ABROAD = ~Q(country__in=["", "FI"])
_HAS_ADDRESS = ~Q(street="") & ~Q(city="") & (~Q(postcode="") | _ABROAD)


class KeptBack(models.TextChoices):
    """Why the file of a list is given out no more, in a sentence."""

    NO_FILE = "no_file", _("It has no file.")
    A_DAY_AGO = "a_day_ago", _("A day has passed since it was made.")
    NOT_ALLOWED = "not_allowed", _("The privacy notice or the recipient no longer allows it.")
    SOMEBODY = "somebody", _("Somebody on it may not be used for it any more.")


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
    NAMED_ADDRESS = (
        "named_address",
        _("an organisation whose address is a named person’s, without consent or such an order"),
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


def at_a_named_person() -> Q:
    """Organisations whose e-mail address is that of a named person, which counts as a natural
    person's (917/2014 s. 202; M08): a person of the register has it too, or it has two names before
    the @. Whether a post has to do with the offer, nobody could tell."""
    own = ContactDigest.objects.filter(customer=OuterRef(OuterRef("pk")), kind=ContactKind.EMAIL)
    persons = Customer.objects.unerased().filter(pk=OuterRef("customer"), organisation_name="")
    same = ContactDigest.objects.order_by().filter(
        Exists(persons), digest__in=own.values("digest"), kind=ContactKind.EMAIL
    )
    return ~Q(organisation_name="") & (Q(Exists(same)) | Q(email__regex=TWO_NAMES))


class CustomerListQuerySet(models.QuerySet["CustomerList"]):
    """Lists by whether their files are given out."""

    def with_files(self) -> "CustomerListQuerySet":
        return self.filter(made_at__isnull=False, ended_at__isnull=True)

    def about(self, customers: Iterable[Any]) -> "CustomerListQuerySet":
        """Those that any of `customers` (rows or keys) is on."""
        on_them = Disclosed.objects.filter(customer__in=list(customers))
        return self.filter(disclosure__in=on_them.order_by().values("disclosure"))

    def let_go(self, customers: Iterable[int], *, now: datetime) -> None:
        """`customers` (keys) are being erased: a file with them is given out no more, and one that
        is being made must not be recorded with them (E08). Needs their transaction."""
        keys = list(customers)
        # held: of this and the record of a list, the later one sees the earlier
        held = self.about(keys).filter(ended_at=None).select_for_update(of=("self",))
        lists = list(held.order_by("pk"))
        unmade = [one.disclosure_id for one in lists if one.made_at is None]
        _let_go(Disclosed, disclosure__in=unmade, customer__in=keys)
        self.filter(pk__in=[one.pk for one in lists]).end(now=now)

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
        for one in self.filter(given_up_at__isnull=False, disclosure__isnull=False):
            one.forget_people()
        for one in self.filter(made_at=None, asked_at__lte=now - SHOWN_FOR):
            one.forget_people()
            one.delete()


def _let_go(model: type[models.Model], **which: Any) -> None:
    """Rows of the ledger that were not entered yet: past the door of those that were."""
    models.QuerySet(model).filter(**which)._raw_delete(connection.alias)


class CustomerList(Derived):
    """A list of customers that somebody asked for, and its file for as long as it is given out."""

    kind = models.CharField(_("list"), max_length=20, choices=ListKind)
    layout = models.CharField(_("form"), max_length=20, choices=ListLayout)
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose)
    #: who has forbidden this is not on it; none where it is about the customers' own matters
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
    #: set aside when its people begin to be written; the row itself comes when it is made
    disclosure = models.OneToOneField(
        Disclosure,
        models.PROTECT,
        null=True,
        related_name="made_as",
        db_constraint=False,
        verbose_name=_("disclosure"),
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
                condition=Q(made_at__isnull=True) | Q(disclosure__isnull=False),
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
        found = asked.refusals()
        if self.purpose not in SERVING.get(self.scope, Purpose):
            found.setdefault("purpose", Refusal.OTHER_USE)
        return found

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
        scopes = {*MARKETING, ProhibitionScope.PUBLICATION}
        if self.scope:
            scopes.add(ProhibitionScope(self.scope))
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
            evidence = agreed(self.purpose) | sold
            needed[LeftOut.NO_EVIDENCE.value] = organisation | evidence
            needed[LeftOut.NAMED_ADDRESS.value] = ~at_a_named_person() | evidence
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
        """Whether its file may still be given out."""
        return self.why_kept_back(now=now) is None

    def why_kept_back(self, *, now: datetime) -> KeptBack | None:
        """Why its file may not be given out any more; None while it may: under the notice in
        force, to this recipient, and with everybody who is on it (P14, P52, P65)."""
        needed = self._needs()
        if self.made_at is None or self.ended_at:
            return KeptBack.NO_FILE
        if now > self.made_at + KEPT_FOR:
            return KeptBack.A_DAY_AGO
        if needed is None or self.refusals(now=now):
            return KeptBack.NOT_ALLOWED
        met = reduce(and_, needed.values())
        left = Q(erased_at__isnull=False) | ~met
        on_it = Customer.objects.order_by().filter(disclosed__disclosure=self.disclosure_id)
        return KeptBack.SOMEBODY if on_it.filter(left).exists() else None

    def record(self, keys: Sequence[int], parts: Iterable["ListPart"], *, now: datetime) -> None:
        """Remember that the file with `parts` was made, and that exactly the customers `keys` are
        on it. They are written first, in blocks, under the key of a row of the ledger that is not
        there yet; then the row comes, the list is made, and all is seen at once. Stopped before,
        it goes on with what stands there.

        Raises `PeopleHaveLeft` when one of them may not be on it any more, `ListHasEnded` when
        somebody else was faster, and `DisclosureRefused`.
        """
        self._set_aside()
        pause = Pauses()
        for start in range(0, len(keys), A_BLOCK):
            self._write_people(keys[start : start + A_BLOCK])
            pause()
        with override(settings.LANGUAGE_CODE):
            reason = gettext("List of customers made")
        with because(reason), transaction.atomic():
            notice = PersonalData.held_notice()
            self._hold_unmade()
            is_whole = self._written() == (len(keys), sum(keys))
            if is_whole:
                made = Disclosure.objects.enter(
                    cast(int, self.disclosure_id),
                    people=len(keys),
                    notice=notice,
                    purpose=self.purpose,
                    categories=self.told,
                    recipient=self.recipient,
                    ground=self.ground,
                    by=self.asked_by,
                    at=now,
                )
                CustomerList.objects.filter(pk=self.pk).update(
                    left_out=self.left_out, made_at=now, done=len(keys)
                )
                ListPart.objects.bulk_create(parts)
                if self.recipient:
                    later(NOTE_GIVEN, made.pk, now=now)
        if not is_whole:
            # somebody was erased, or an earlier attempt wrote others
            self.forget_people()
            raise PeopleHaveLeft
        self.disclosure = made

    def _set_aside(self) -> None:
        """Keep a key of the ledger for this list, unless that was done before."""
        with transaction.atomic():
            self._hold_unmade()
            if self.disclosure_id is None:
                (self.disclosure_id,) = reserve_keys(Disclosure, 1)
                CustomerList.objects.filter(pk=self.pk).update(disclosure=self.disclosure_id)

    def _hold_unmade(self) -> None:
        """Hold the row until the transaction ends; raises `ListHasEnded`."""
        unmade = CustomerList.objects.filter(pk=self.pk, made_at=None, given_up_at=None)
        held = unmade.select_for_update().values_list("disclosure", flat=True)
        for key in held:
            self.disclosure_id = key
            return
        raise ListHasEnded

    def _write_people(self, keys: Sequence[int]) -> None:
        """Write those of `keys` who are not there yet; raises `PeopleHaveLeft`, `ListHasEnded`."""
        needed = needed_of(self.recipient, self.ground, self.purpose, self.told)
        people = self.people().unerased().filter(*needed)
        with transaction.atomic():
            # always before the list, as an erasure does
            held = people.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
            found = list(held.values_list("pk", flat=True))
            if len(found) != len(keys):
                raise PeopleHaveLeft
            self._hold_unmade()
            there = Disclosed.objects.filter(disclosure=self.disclosure_id, customer__in=found)
            missing = set(found) - set(there.values_list("customer", flat=True))
            insert_for_each(
                Disclosed, "customer", sorted(missing), {"disclosure": self.disclosure_id}
            )

    def _written(self) -> tuple[int, int]:
        """How many people stand there, and the sum of their keys: nobody is exchanged unseen."""
        rows = Disclosed.objects.filter(disclosure=self.disclosure_id).order_by()
        found = rows.aggregate(count=Count("pk"), keys=Sum("customer"))
        return found["count"], int(found["keys"] or 0)

    def forget_people(self) -> None:
        """Take the people of a list that has not been made from the ledger, in blocks."""
        rows = Disclosed.objects.filter(disclosure=self.disclosure_id).order_by("pk")
        pause = Pauses()
        while self.disclosure_id:
            with transaction.atomic():
                unmade = CustomerList.objects.filter(pk=self.pk, made_at=None)
                if not unmade.select_for_update().exists():
                    return
                block = list(rows.values_list("pk", flat=True)[:A_BLOCK])
                if not block:
                    return
                _let_go(Disclosed, pk__in=block)
            pause()


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
