"""Papers that came with a request, kept encrypted (I02)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.files import PaperType
from audit.models import Remembered
from rights_requests.models.requests import RightsRequest


class Scan(Remembered):
    """A picture of a paper that came with a request, such as a signed letter."""

    personal: ClassVar[frozenset[str]] = frozenset({"file"})
    private_file = "file"

    request = models.ForeignKey(
        RightsRequest,
        models.PROTECT,
        related_name="scans",
        verbose_name=pgettext_lazy("of a data subject", "request"),
    )
    file = models.CharField(_("file"), max_length=100, blank=True, editable=False)
    content_type = models.CharField(_("type"), max_length=20, choices=PaperType)
    #: material for identification, which goes soon after it has served (I09)
    shows_who = models.BooleanField(_("shows who asks"), default=False)
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request}: {self.get_content_type_display()}"
