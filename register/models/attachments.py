"""Papers about a customer: an order form, a signed offer, an invoice as it came."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.files import keep, remove_after_commit, remove_files
from audit.pdf import Fault, NotThisPdf, pages_of
from notices.declarations import Kept
from notices.terms import DataCategory
from register.models.customers import Customer, OfCustomer
from register.models.invoices import Invoice, NotThisCustomers
from register.models.orders import Order


class TooLarge(Exception):
    """A file of more bytes or pages than the settings allow; carries the limit of pages, or None
    where the bytes were too many."""

    def __init__(self, pages: int | None = None) -> None:
        super().__init__(pages)
        self.pages = pages


def judged(file: "UploadedFile[Any]") -> tuple[bytes, int]:
    """The content of `file` and how many pages it has. Raises `NotThisPdf` and `TooLarge`; a file
    of too many bytes is not read."""
    if (file.size or 0) > settings.ATTACHMENT_MAX_MB * 1024 * 1024:
        raise TooLarge
    file.seek(0)
    content = file.read()
    pages = pages_of(content)
    if pages > settings.ATTACHMENT_MAX_PAGES:
        raise TooLarge(pages)
    return content, pages


def refusal_of(error: NotThisPdf | TooLarge) -> str:
    """Why a file is not taken, and what to do, in one sentence of the user's language."""
    if isinstance(error, TooLarge):
        if error.pages is None:
            return gettext("The file is larger than %(most)s MB.") % {
                "most": settings.ATTACHMENT_MAX_MB
            }
        return gettext("The PDF has more than %(most)s pages.") % {
            "most": settings.ATTACHMENT_MAX_PAGES
        }
    return {
        Fault.NOT_A_PDF: gettext("This is no PDF, whatever its name says."),
        Fault.TWO_KINDS: gettext("Something else is hidden in this PDF. Print it as a PDF anew."),
        Fault.LOCKED: gettext("This PDF is locked by a password. Save it without one."),
        Fault.ACTIVE: gettext(
            "This PDF has a script or another file in it. Print it as a PDF anew."
        ),
        Fault.TOO_LARGE_UNPACKED: gettext("This PDF unpacks to more than anybody reads."),
        Fault.NO_PAGES: gettext("No page was found in this PDF."),
    }[error.fault]


class Attachment(OfCustomer):
    """A paper of a customer, as a PDF that is kept encrypted."""

    # what a customer and a firm put on paper is what was ordered; under a notice without orders
    # there is no business to have a paper of
    declaration = {
        "customer": Kept.LINK,
        "title": DataCategory.ORDERS,
        "order": DataCategory.ORDERS,
        "invoice": DataCategory.ORDERS,
        "file": DataCategory.ORDERS,
        "size": Kept.NOT_PERSONAL,
        "pages": Kept.NOT_PERSONAL,
    }
    private_file = "file"

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="attachments", verbose_name=_("customer")
    )
    title = models.CharField(_("what it is"), max_length=200, blank=True)
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("order"),
    )
    invoice = models.ForeignKey(
        Invoice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("invoice"),
    )
    #: a random name in the private storage
    file = models.CharField(_("file"), max_length=100, blank=True, editable=False)
    size = models.PositiveIntegerField(_("bytes"), default=0, editable=False)
    pages = models.PositiveIntegerField(_("pages"), default=0, editable=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title or "—"

    def refuse(self, notice: Any) -> None:
        super().refuse(notice)
        if column := self._another_customers():
            raise NotThisCustomers(Attachment, column)

    def clean(self) -> None:
        super().clean()
        if column := self._another_customers():
            raise ValidationError({column: gettext("That is another customer's.")})

    def _another_customers(self) -> str:
        for column in ("order", "invoice"):
            about = getattr(self, column)
            if about and about.customer_id != self.customer_id:
                return column
        return ""

    def put(self, content: bytes, pages: int, *, collection: Any) -> None:
        """Store the row with the file `content`, as `judged()` gave it. Needs a `because` block."""
        self.size, self.pages = len(content), pages
        self.file = keep(ContentFile(content))
        try:
            self.save(collection=collection)
        except BaseException:
            # no row leads to it: it would lie there until the daily job finds it
            remove_files([self.file])
            raise

    def remove(self, *, collection: Any, now: datetime) -> None:
        """Remove the file; the row says that there was one. Needs a `because` block."""
        with transaction.atomic():
            remove_after_commit(filter(None, [self.file]), now=now)
            self.file, self.title = "", ""
            self.size = self.pages = 0
            self.save(collection=collection)


def remove_files_of(customers: Iterable[Any], *, now: datetime) -> None:
    """Remove the files of `customers`, who are being erased, once that is committed."""
    remove_files_in(
        [
            Attachment.objects.filter(customer__in=customers),
            Attachment.history.filter(customer__in=customers),
        ],
        now=now,
    )


def remove_files_in(papers: Iterable["models.QuerySet[Any]"], *, now: datetime) -> None:
    """Remove the files that attachments, or versions of attachments, name, once that is
    committed."""
    names = {name for rows in papers for name in rows.values_list("file", flat=True) if name}
    remove_after_commit(sorted(names), now=now)
