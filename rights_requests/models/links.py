"""Links that people are sent: the database knows whether one is right, and cannot make one."""

import base64
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.models import Remembered, RememberedQuerySet, new_salt
from register.models.customers import CROCKFORD
from rights_requests.models.requests import RightsRequest

CODE_LENGTH = 10
#: A code ends with this wrong try.
MOST_TRIES = 5
LONGEST_TOKEN = 64


class LinkPurpose(models.TextChoices):
    """What a link opens."""

    PROOF = "proof", _("proof of the e-mail address")
    STATUS = "status", _("status page")
    REPORT = "report", _("the person's data")
    CODE = "code", _("code by post")
    TRANSFER = "transfer", _("the person's data, for another controller")


#: A letter takes its days.
CODE_LIFE = timedelta(days=30)
#: How long each is open; a status page as long as its request is kept.
LIFE: dict[LinkPurpose, timedelta | None] = {
    LinkPurpose.PROOF: timedelta(hours=24),
    LinkPurpose.STATUS: None,
    LinkPurpose.REPORT: timedelta(days=30),
    LinkPurpose.CODE: CODE_LIFE,
    LinkPurpose.TRANSFER: timedelta(days=30),
}


class LinkQuerySet(RememberedQuerySet["Link"]):
    """Made once, found by what stands in the address."""

    def issue(self, request: RightsRequest, purpose: LinkPurpose, *, now: datetime) -> "Link":
        """A new link, which ends an older one of the same purpose."""
        with transaction.atomic():
            # of two at once the second ends what the first has made
            RightsRequest.objects.select_for_update().get(pk=request.pk)
            for older in self.filter(request=request, purpose=purpose, ended_at=None):
                older.ended_at = now
                older.save()
            life = LIFE[purpose]
            link = Link(
                request=request,
                purpose=purpose,
                made_at=now,
                expires_at=now + life if life else None,
            )
            link.digest = digest_of(link.token)
            link.save()
        return link

    def working(self, now: datetime) -> "LinkQuerySet":
        """Those that still open something."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), used_at=None, ended_at=None)

    def by_token(self, purpose: LinkPurpose, token: str, *, now: datetime) -> "Link | None":
        """The working link that `token` belongs to; None for a forged, used or old one."""
        if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
            return None
        digests = [digest_of(token, secret) for secret in _secrets()]
        found = self.working(now).filter(purpose=purpose, digest__in=digests)
        return found.select_related("request", "request__notice").first()


class Link(Remembered):
    """Something to open once or for a while; of its secret only a digest is stored."""

    not_remembered: ClassVar[frozenset[str]] = frozenset({"digest", "seed"})

    request = models.ForeignKey(
        RightsRequest,
        models.PROTECT,
        related_name="links",
        verbose_name=pgettext_lazy("of a data subject", "request"),
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=LinkPurpose)
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("open until"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    seed = models.BinaryField(max_length=16, default=new_salt)
    digest = models.CharField(max_length=64)

    objects = LinkQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            # two codes may be alike: one is asked for together with its request
            models.UniqueConstraint(
                fields=["digest"],
                condition=~Q(purpose="code"),
                name="link_digest_is_unique",
            ),
            models.UniqueConstraint(
                fields=["request", "purpose"],
                condition=Q(ended_at=None),
                name="one_link_per_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}, {self.get_purpose_display()}"

    @property
    def token(self) -> str:
        """What stands in the address, or the code that is typed in: made from the row's seed and
        the installation's key, so that a letter can be written again and a copy of the database
        opens nothing."""
        made = {secret: self._token(secret) for secret in _secrets()}
        ours = (token for secret, token in made.items() if digest_of(token, secret) == self.digest)
        return next(ours, made[_secrets()[0]])

    def _token(self, secret: str) -> str:
        value = f"{self.purpose}:{bytes(self.seed).hex()}"
        mac = salted_hmac("rights_requests.link", value, secret, algorithm="sha256").digest()
        if self.purpose == LinkPurpose.CODE:
            return "".join(CROCKFORD[byte % 32] for byte in mac[:CODE_LENGTH])
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")

    def works(self, now: datetime) -> bool:
        """Whether it still opens something, as `working` chooses."""
        is_open = self.expires_at is None or self.expires_at > now
        return is_open and not (self.used_at or self.ended_at)

    def use(self, *, now: datetime) -> bool:
        """Use a link that works once; False when somebody has used it already."""
        own: Any = Link.objects.select_for_update().working(now).filter(pk=self.pk).first()
        if own is None:
            return False
        own.used_at = self.used_at = now
        own.save()
        return True


def digest_of(token: str, secret: str | None = None) -> str:
    """What is stored of `token`: keyed, so that a short code cannot be tried out on a copy."""
    return salted_hmac(
        "rights_requests.digest", token, secret or _secrets()[0], algorithm="sha256"
    ).hexdigest()


def _secrets() -> list[str]:
    # not SECRET_KEY: a link in a letter outlives its change
    return list(settings.DIGEST_KEYS)
