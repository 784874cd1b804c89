"""Who may enter: people with accounts, how they were invited and what they have signed."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Remembered, RememberedQuerySet
from audit.reasons import because
from staff.roles import ROLES, Act, Role, acts_of
from staff.undertaking import DEFAULT_TEXTS, DEFAULT_VERSION

INVITATION_LIFE = timedelta(days=7)

#: Words that name a task or a room and no person (P36).
GENERIC_NAMES = frozenset(
    """
    admin administrator ylläpito ylläpitäjä pääkäyttäjä administratör root superuser webmaster
    info toimisto office kontor kontoret reception vastaanotto asiakaspalvelu kundtjänst
    kundservice helpdesk support myynti sales försäljning laskutus billing postmaster
    käyttäjä user användare henkilökunta henkilöstö staff personal tiimi team test testi demo
    """.split()
)


class AccountsAreKept(Exception):
    """An account was about to be deleted: history would lose who did what. Deactivate it."""


class InvitationClosed(Exception):
    """An invitation was used, has expired or was replaced."""


class Language(models.TextChoices):
    """The languages that staff work in."""

    FINNISH = "fi", _("Finnish")
    SWEDISH = "sv", _("Swedish")
    ENGLISH = "en", _("English")


def must_name_a_person(name: str) -> None:
    """Refuse what names no person: accounts are personal (P36)."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    if not words or re.search(r"[@\d]", name) or GENERIC_NAMES.intersection(words):
        raise ValidationError(
            _("Write the name of a person, such as Maija Meikäläinen: accounts are personal."),
            code="not_a_person",
        )


class UserQuerySet(RememberedQuerySet["User"]):
    """Words for choosing people."""

    def without_account(self) -> "UserQuerySet":
        """Those who handle paper alone (P33)."""
        return self.filter(email=None)

    def bound(self) -> "UserQuerySet":
        """Those who are still here and have signed the undertaking now in use (P33, P37)."""
        version = UndertakingText.objects.current().version
        return self.filter(Q(is_active=True) | Q(email=None), undertakings__version=version)

    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def setting_up(self) -> "UserQuerySet":
        """Active accounts that may set up accounts and roles."""
        roles = [role for role, acts in ROLES.items() if Act.CONFIGURE in acts]
        return self.active().filter(Q(is_superuser=True) | Q(role__in=roles))


if TYPE_CHECKING:
    _Manager = BaseUserManager["User"]
else:
    _Manager = BaseUserManager.from_queryset(UserQuerySet)


class UserManager(_Manager):
    """Makes accounts; the caller says why with `because`."""

    if TYPE_CHECKING:

        def active(self) -> UserQuerySet: ...

        def setting_up(self) -> UserQuerySet: ...

        def without_account(self) -> UserQuerySet: ...

        def bound(self) -> UserQuerySet: ...

    def create_user(
        self, email: str, name: str, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=email, name=name, **fields)
        user.set_password(password)
        user.full_clean()
        user.save()
        return user

    def create_superuser(
        self, email: str, name: str, password: str | None = None, **fields: Any
    ) -> "User":
        """The account of `manage.py createsuperuser`: sets up, sees no customer."""
        fields.setdefault("role", Role.ADMINISTRATOR)
        with because(gettext("Account created from the command line")):
            return self.create_user(email, name, password, is_superuser=True, **fields)


class User(AbstractBaseUser, Remembered):
    """A person of the controller, or of a company acting for it, with an account of one's own."""

    # a hash of a password must not outlive the password
    not_remembered: ClassVar[frozenset[str]] = frozenset({"password"})

    # turned off: it would write a row of history at each sign-in
    last_login = None

    #: none: a person without an account, who handles paper alone (P33)
    email = models.EmailField(  # noqa: DJ001 - several have none, and the others are unique
        _("e-mail"),
        unique=True,
        null=True,
        error_messages={"unique": _("There is an account with this e-mail already.")},
    )
    name = models.CharField(_("name"), max_length=150, validators=[must_name_a_person])
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.FINNISH
    )
    role = models.CharField(
        _("role"),
        max_length=30,
        choices=Role,
        blank=True,
        default="",
        help_text=_("What the person may do. Without a role the person opens nothing."),
    )
    is_active = models.BooleanField(
        _("may sign in"),
        default=True,
        help_text=_("Take this away when the person leaves. Accounts are never deleted."),
    )
    is_superuser = models.BooleanField(_("sets up"), default=False, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta(Remembered.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="email_in_lower_case",
                violation_error_message=_("Write the e-mail in lower case."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="account_has_a_name"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(is_active=False, role="", is_superuser=False),
                name="without_account_opens_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower() if self.email else None
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AccountsAreKept(self.name)

    def clean(self) -> None:
        # not super(): it would fold the e-mail's domain only
        self.email = self.email.lower() if self.email else None

    def check_password(self, raw_password: str | None) -> bool:
        # a stronger hash may be stored while checking
        with because(gettext("Password stored with a newer method")):
            return super().check_password(raw_password)

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        return True

    def may(self, act: Act) -> bool:
        return act in acts_of(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return any(backend.has_perm(self, perm, obj) for backend in auth.get_backends())

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return any(
            backend.has_module_perms(self, app_label)  # type: ignore[attr-defined]
            for backend in auth.get_backends()
        )

    def has_signed(self) -> bool:
        """Whether the undertaking now in use carries this person's signature (P37)."""
        version = UndertakingText.objects.current().version
        return self.undertakings.filter(version=version).exists()

    def received_by(self) -> "User | None":
        """Who receives this person's signature: whoever invited, else whoever sets up; nobody
        for a sole trader."""
        invitation = Invitation.objects.filter(user=self).first()
        if invitation and invitation.invited_by:
            return invitation.invited_by
        return User.objects.setting_up().exclude(pk=self.pk).order_by("pk").first()

    def sign(
        self,
        text: "UndertakingText",
        *,
        name: str,
        now: datetime,
        received_by: "User | None" = None,
    ) -> "Undertaking":
        """Sign `text` with the typed `name`, or with a pen before `received_by`; signing twice is
        signing once."""
        with because(gettext("Confidentiality undertaking signed")):
            undertaking, _created = Undertaking.objects.get_or_create(
                user=self,
                version=text.version,
                defaults={
                    "language": self.language,
                    "text": text.in_language(self.language),
                    "signed_name": name,
                    "signed_at": now,
                    "received_by": received_by or self.received_by(),
                },
            )
        return undertaking


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(RememberedQuerySet["Invitation"]):
    """Words for choosing invitations."""

    def open(self, now: datetime) -> "InvitationQuerySet":
        rows = self.unaccepted().filter(expires_at__gt=now)
        # the first account is made once: a link printed earlier must not make a second one
        return rows.filter(is_superuser=False) if User.objects.all().exists() else rows

    def unaccepted(self) -> "InvitationQuerySet":
        return self.filter(accepted_at=None)

    def expired_before(self, moment: datetime) -> "InvitationQuerySet":
        return self.unaccepted().filter(expires_at__lt=moment)

    def by_token(self, token: str, now: datetime) -> "Invitation | None":
        """The open invitation that `token` belongs to."""
        return self.open(now).filter(token_digest=digest_of(token)).first()


class Invitation(Remembered):
    """A link by which one person, once, makes an account of one's own (P36)."""

    not_remembered: ClassVar[frozenset[str]] = frozenset({"token_digest"})

    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=150, blank=True, validators=[must_name_a_person])
    role = models.CharField(_("role"), max_length=30, choices=Role)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.FINNISH
    )
    is_superuser = models.BooleanField(_("sets up"), default=False, editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_at = models.DateTimeField(_("invited"), editable=False)
    invited_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("invited by"),
        editable=False,
    )
    expires_at = models.DateTimeField(_("open until"), editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    user = models.OneToOneField(
        User,
        models.PROTECT,
        null=True,
        related_name="invitation",
        verbose_name=_("account"),
        editable=False,
    )

    objects: ClassVar[Any] = InvitationQuerySet.as_manager()

    class Meta(Remembered.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at=None),
                name="one_open_invitation_per_email",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, user=None)
                | Q(accepted_at__isnull=False, user__isnull=False),
                name="accepted_at_with_user",
            ),
            # the first account has nobody to invite it, and says itself who it is
            models.CheckConstraint(
                condition=Q(invited_by__isnull=False) | Q(is_superuser=True),
                name="invited_at_with_invited_by_or_first_account",
            ),
            models.CheckConstraint(
                condition=~Q(email="") & ~Q(name="") | Q(is_superuser=True),
                name="invitation_names_a_person",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("invited_at")), name="invitation_has_a_life"
            ),
        ]

    def __str__(self) -> str:
        return self.name or gettext("First account")

    def clean(self) -> None:
        self.email = self.email.lower()
        empty = [name for name in ("name", "email") if not getattr(self, name)]
        if empty and not self.is_superuser:
            raise ValidationError(dict.fromkeys(empty, gettext("Fill this in.")))
        if User.objects.filter(email=self.email).exists():
            raise ValidationError(
                {"email": _("There is an account with this e-mail already.")}, code="account"
            )

    def issue(self, *, by: User | None, now: datetime) -> str:
        """Save with a new token, in place of an older invitation; gives the token, once."""
        token = secrets.token_urlsafe(32)
        self.token_digest = digest_of(token)
        self.invited_at, self.invited_by, self.expires_at = now, by, now + INVITATION_LIFE
        with transaction.atomic():
            with because(gettext("Replaced by a new invitation")):
                for older in Invitation.objects.unaccepted().filter(email=self.email):
                    older.delete()
            with because(gettext("Invited to use the program")):
                self.save()
        return token

    def accept(self, *, password: str, now: datetime, **said: str) -> User:
        """Make the account, once; `said` is what the first account tells of itself."""
        with transaction.atomic(), because(gettext("Invitation accepted")):
            own = Invitation.objects.select_for_update().open(now).filter(pk=self.pk).first()
            if own is None:
                raise InvitationClosed
            own.user = User.objects.create_user(
                **{"email": own.email, "name": own.name, "language": own.language, **said},
                password=password,
                role=own.role,
                is_superuser=own.is_superuser,
            )
            own.accepted_at = now
            own.save()
        return own.user


class UndertakingTextQuerySet(RememberedQuerySet["UndertakingText"]):
    """Words for choosing texts of the undertaking."""

    def current(self) -> "UndertakingText":
        """The text that everybody must have signed: the newest, else the one in code."""
        return self.order_by("-version").first() or UndertakingText(
            version=DEFAULT_VERSION, **DEFAULT_TEXTS
        )


class UndertakingText(Remembered):
    """The words of the confidentiality undertaking; a new version asks everyone again (P37)."""

    version = models.PositiveSmallIntegerField(_("version"), unique=True, editable=False)
    fi = models.TextField(_("in Finnish"), max_length=50_000)
    sv = models.TextField(_("in Swedish"), max_length=50_000)
    en = models.TextField(_("in English"), max_length=50_000)

    objects: ClassVar[Any] = UndertakingTextQuerySet.as_manager()

    class Meta(Remembered.Meta):
        verbose_name = _("text of the undertaking")
        verbose_name_plural = _("texts of the undertaking")
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=Q(version__gt=DEFAULT_VERSION), name="version_follows_the_text_in_code"
            ),
            models.CheckConstraint(
                condition=~Q(fi="") & ~Q(sv="") & ~Q(en=""),
                name="undertaking_in_three_languages",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Version %(version)s") % {"version": self.version}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.version is None:
            self.version = UndertakingText.objects.current().version + 1
        super().save(*args, **kwargs)

    def in_language(self, language: str) -> str:
        return str(getattr(self, Language(language).value))


class Undertaking(Remembered):
    """One person's signature under one version of the undertaking, with the words signed."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="undertakings", verbose_name=_("person")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    text = models.TextField(_("text"))
    signed_name = models.CharField(_("signature"), max_length=150)
    signed_at = models.DateTimeField(_("signed"))
    received_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("received by")
    )

    class Meta(Remembered.Meta):
        verbose_name = _("signed undertaking")
        verbose_name_plural = _("signed undertakings")
        ordering = ["-signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "version"], name="signed_once_per_version"),
            models.CheckConstraint(
                condition=~Q(signed_name="") & ~Q(text=""), name="signature_and_text_present"
            ),
            models.CheckConstraint(
                condition=Q(received_by=None) | ~Q(received_by=F("user")),
                name="received_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(name)s, version %(version)s") % {
            "name": self.signed_name,
            "version": self.version,
        }

    @property
    def reception(self) -> str:
        """Who received the signature, in words."""
        if self.received_by is None:
            return gettext("Signed alone: a sole trader has nobody to receive it.")
        return self.received_by.name
