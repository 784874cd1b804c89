"""The daily test of the way in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import Derived


class Probe(Derived):
    """A request that was sent through the form and undone, and its mail, which goes out for good
    (I13)."""

    sent_at = models.DateTimeField(_("sent"))
    returned_at = models.DateTimeField(_("came back"), null=True)
    #: the kind of an error, never its text
    fault = models.CharField(_("why"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("test of the form")
        verbose_name_plural = _("tests of the form")

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d}"
