"""What somebody brings in a file, from its reading until it stands in the register.

All of it is the program's own working data: it holds only what the notice declares, nobody is
found by it, and it goes when the act is over. What stays is the report: lines and codes, no value.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.models import Derived
from notices.models import Notice
from notices.terms import SourceKind
from register.importing.mapping import Kind

#: Beside the fates of its rows an import counts the customers that are new, the rows that forbid
#: something, whatever becomes of them, and the refused ones whose no could not be kept.
NEW, FORBIDDEN, NOT_KEPT = "new", "forbidden", "no_not_kept"
#: And the rows whose notes say a clear no, and those of which a person must read them.
IN_NOTES, UNCLEAR_NOTES = "no_in_notes", "unclear_notes"
#: What is said of a row whose cell, in a column that is left out, refuses nobody knows what.
REFUSAL_WORDS = "refusal_words"
#: What is said of a row that tells another billing of a customer than what is kept.
BILLING_LEFT = "billing_left"
#: An act that has not said so long that it goes on was killed.
LEASE = timedelta(seconds=15)


class Duplicates(models.TextChoices):
    """What becomes of rows about somebody who is there already."""

    SKIP = "skip", _("Leave them out")
    MERGE = "merge", _("Complete and change the customers that are there")
    STORE = "store", _("Take them in as new customers")


class Fate(models.TextChoices):
    """What becomes of a row."""

    STORED = "stored", _("taken in as new")
    MERGED = "merged", _("added to a customer")
    SKIPPED = "skipped", _("left out")
    REFUSED = "refused", pgettext_lazy("row of a file", "refused")


#: Of an order or invoice that is there already.
COMPLETED, WOULD_BE_COMPLETED = _("completed what was there"), _("would complete what is there")
#: The same while nothing has happened yet.
FORESEEN = {
    Fate.STORED: _("would be taken in as new"),
    Fate.MERGED: _("would be added to a customer"),
    Fate.SKIPPED: _("would be left out"),
    Fate.REFUSED: _("would be refused"),
}


class ImportQuerySet(models.QuerySet["Import"]):
    def waiting(self) -> "ImportQuerySet":
        """Those that were read, and of which nobody has said whether they are to be taken in."""
        return self.filter(ordered_at=None, applied_at=None, given_up_at=None).exclude(counts={})


class Import(Derived):
    """One file that somebody brings in."""

    kind = models.CharField(max_length=20, choices=Kind)
    source_kind = models.CharField(_("source"), max_length=20, choices=SourceKind)
    source_name = models.CharField(_("name of the source"), max_length=200, blank=True)
    duplicates = models.CharField(max_length=10, choices=Duplicates, default=Duplicates.SKIP)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="+")
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    #: how the file was read, as programs read it: format, encoding, delimiter, columns
    reading = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    #: what became of the rows, or would: by fate, and by what stands beside `NEW` above
    counts = models.JSONField(default=dict)
    #: of its rows so many are done, for whoever waits
    #: rows looked up in the register, anew each time that is done
    compared = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    #: the whole file has been read
    staged_at = models.DateTimeField(null=True)
    #: somebody has said that it is to be taken in
    ordered_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    #: the key set aside for where its values come from
    collection_key = models.BigIntegerField(null=True)
    #: rows of its customers stand in history and search, and nobody sees them yet
    preparing_at = models.DateTimeField(null=True)
    #: its new customers are seen; what may still come are changes, orders and the report
    shown_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="import_applied_or_given_up",
                condition=Q(applied_at__isnull=True) | Q(given_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        told = {"number": self.pk, "kind": self.get_kind_display()}
        return gettext("Import %(number)s: %(kind)s") % told

    @property
    def source(self) -> str:
        """Where it comes from: the name that somebody gave it, or what it is."""
        return self.source_name or str(SourceKind(self.source_kind).label)

    def says(self, fate: str) -> str:
        """What became, or would become, of a row with `fate`."""
        if fate == Fate.MERGED and self.kind != Kind.CUSTOMERS:
            return str(COMPLETED if self.applied_at else WOULD_BE_COMPLETED)
        return str(Fate(fate).label if self.applied_at else FORESEEN[Fate(fate)])

    @property
    def is_over(self) -> bool:
        return bool(self.applied_at or self.given_up_at)

    @property
    def is_waiting(self) -> bool:
        """As `waiting` of the queryset."""
        return bool(self.counts and not self.ordered_at and not self.is_over)

    @property
    def state(self) -> str:
        """How far it is, in a few words."""
        if self.applied_at:
            return gettext("taken in")
        if self.given_up_at:
            return gettext("not taken in")
        if self.ordered_at:
            return gettext("is being taken in")
        return gettext("waits for your decision") if self.counts else gettext("is being read")


class ImportedRow(Derived):
    """A row of the file as the register would keep it, or the organisation that it names."""

    # no index of its own: SQLite would take it where a better one is
    # without a constraint SQLite empties the table at once (`importing.applying.forget`)
    bringing = models.ForeignKey(
        Import, models.CASCADE, related_name="staged", db_constraint=False, db_index=False
    )
    line = models.PositiveIntegerField()
    fate = models.CharField(max_length=10, choices=Fate)
    #: "identical" or "duplicate" of a customer or of an earlier row
    code = models.CharField(max_length=30, default="")
    #: the organisation's own row beside that of the person who speaks for it
    organisation = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, db_constraint=False, db_index=False
    )
    is_beside = models.BooleanField(default=False)
    #: an earlier row of the file about the same
    root = models.ForeignKey(
        "self",
        models.DO_NOTHING,
        null=True,
        related_name="followers",
        db_constraint=False,
        db_index=False,
    )
    #: set aside when the row becomes a customer
    new_key = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=9)
    #: set aside when its person comes to speak for its organisation
    role_key = models.BigIntegerField(null=True)
    #: the customer whom it is about, once that is known
    customer_key = models.BigIntegerField(null=True)
    #: what somebody chose for this row alone (of `Duplicates`), and for which customer
    choice = models.CharField(max_length=10, choices=Duplicates, db_default="")
    chosen_for = models.BigIntegerField(null=True)
    #: whether the row becomes a customer
    is_new = models.BooleanField(db_default=False)
    collected = models.JSONField(default=dict)
    given_name = models.CharField(max_length=100, default="")
    family_name = models.CharField(max_length=100, default="")
    organisation_name = models.CharField(max_length=200, default="")
    email = models.CharField(max_length=254, default="")
    phone = models.CharField(max_length=40, default="")
    phone_e164 = models.CharField(max_length=16, default="")
    street = models.CharField(max_length=200, default="")
    postcode = models.CharField(max_length=20, default="")
    city = models.CharField(max_length=100, default="")
    country = models.CharField(max_length=2, default="")
    website = models.CharField(max_length=200, default="")
    #: empty where the file does not tell it
    language = models.CharField(max_length=2, default="")
    ip_address = models.GenericIPAddressField(null=True)
    ip_seen_on = models.DateField(null=True)
    #: the first of the words of its name, as the search has it
    name_word = models.CharField(max_length=64, default="")
    #: what the row forbids: "scope/use scope/use"
    forbids = models.TextField(default="")
    number = models.CharField(max_length=50, default="")
    #: how the customer is billed, by the column of `BillingData`
    billing = models.JSONField(null=True)
    #: an order or invoice: its days and sums, as programs read them
    voucher = models.JSONField(null=True)

    class Meta:
        indexes = [
            # the name first: else SQLite would find a block of rows by their import, in the order
            # of their names, and not by their keys
            models.Index(name="imported_name", fields=["name_word", "bringing"]),
            models.Index(
                name="imported_known",
                fields=["bringing", "customer_key"],
                condition=Q(code__gt=""),
            ),
            models.Index(
                name="imported_organisation",
                fields=["organisation"],
                condition=Q(organisation__isnull=False),
            ),
            models.Index(name="imported_root", fields=["root"], condition=Q(root__isnull=False)),
            models.Index(name="imported_reference", fields=["reference", "id"]),
            models.Index(
                name="imported_number", fields=["bringing", "number"], condition=Q(number__gt="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.fate}"


class ImportedContact(Derived):
    """How the person of a row is reached, as a prohibition knows it."""

    bringing = models.ForeignKey(
        Import, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    row = models.ForeignKey(
        ImportedRow,
        models.DO_NOTHING,
        related_name="contacts",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=20)
    digest = models.CharField(max_length=80)

    class Meta:
        indexes = [
            models.Index(name="imported_digest", fields=["digest", "bringing", "row"]),
            models.Index(name="imported_contact_row", fields=["row"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest}"


class ImportLine(Derived):
    """A line of the report: what became of a row, and why; never a value."""

    bringing = models.ForeignKey(Import, models.CASCADE, related_name="lines", db_index=False)
    line = models.PositiveIntegerField()
    #: empty where something is said of a row whose fate stands on another line of the report
    fate = models.CharField(max_length=10, choices=Fate, default="")
    code = models.CharField(max_length=30)
    #: the heading of the column that is at fault
    column = models.CharField(max_length=200, default="")
    #: what else is wrong in a refused row: code and column of each
    further = models.JSONField(null=True)
    #: the earlier line that is about the same
    other_line = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(name="import_line", fields=["bringing", "line", "id"])]

    def __str__(self) -> str:
        return f"{self.line} {self.code}"


class TurnQuerySet(models.QuerySet["Turn"]):
    def take(self, token: str, *, now: datetime) -> bool:
        """Whether it is the turn of whoever holds `token`, and stays so for `LEASE`: of who has
        it already, or comes when nobody has."""
        self.bulk_create([Turn(pk=1, until_at=now)], ignore_conflicts=True)
        free = Q(until_at__lte=now) | Q(token=token)
        return bool(self.filter(free, pk=1).update(token=token, until_at=now + LEASE))

    def end(self, token: str, *, now: datetime) -> None:
        self.filter(pk=1, token=token).update(token="", until_at=now)


class Turn(Derived):
    """One import at a time goes into the register; there is one row."""

    token = models.CharField(max_length=32, default="")
    until_at = models.DateTimeField()

    objects = TurnQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.until_at)
