"""Every setting of the program, all from the environment; an empty environment runs on SQLite.

The variables are listed in README.md and, with examples, in `.env.example`.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.keys import kept_key, new_encryption_key

# type arguments on Django's classes, at run time too
django_stubs_ext.monkeypatch()

# --- paths
BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# --- secrets
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_IS_KEPT = not SECRET_KEY
if SECRET_KEY_IS_KEPT:
    SECRET_KEY = kept_key(DATA_DIR / "keys", "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])
ENCRYPTION_KEYS_ARE_KEPT = not ENCRYPTION_KEYS
if ENCRYPTION_KEYS_ARE_KEPT:
    ENCRYPTION_KEYS = [kept_key(DATA_DIR / "keys", "encryption_key", new_encryption_key)]
DIGEST_KEYS = env.list("DIGEST_KEYS", default=[])
DIGEST_KEYS_ARE_KEPT = not DIGEST_KEYS
if DIGEST_KEYS_ARE_KEPT:
    DIGEST_KEYS = [kept_key(DATA_DIR / "keys", "digest_key")]

# --- the way in
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = env.bool("HTTPS", default=False)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # sign-in's rate limits count by the visitor's address, which our one proxy passes on
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
_named_hosts = [host.lstrip(".") for host in ALLOWED_HOSTS if host != "*"]
#: Where people reach this installation: letters carry links to it.
BASE_URL = env.str(
    "BASE_URL",
    default=f"https://{_named_hosts[0]}" if HTTPS and _named_hosts else "http://127.0.0.1:8000",
).rstrip("/")
WSGI_APPLICATION = "config.wsgi.application"
ROOT_URLCONF = "config.urls"

# --- apps
INSTALLED_APPS = [
    "staff.apps.StaffAdminConfig",
    # before Django's own: its `changepassword` would leave no reason in history
    "staff",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    # for the names of countries in our languages
    "django_countries",
    "audit",
    "notices",
    "register",
    "rights_requests",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # before sessions, behind all that sets the headers of every page
    "notices.pages.copies.from_copies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # before anybody reads what a form sends
    "audit.uploads.UploadsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "staff.middleware.staff_pages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- database
DATABASES: dict[str, Any] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'seloste.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # what is deleted is overwritten (E07)
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
        ),
    }
else:
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # PgBouncer in transaction mode keeps neither cursors nor prepared statements
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
    # a database whose packets are dropped is away within seconds; TCP alone waits for minutes
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        "tcp_user_timeout": 5_000,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
    } | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # rate limits and used codes of everybody; the default of 300 would forget them
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- mail
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://")
# below DATA_DIR; filemail with a fourth slash names a folder elsewhere
EMAIL_FILE_PATH = DATA_DIR / (EMAIL_CONFIG.pop("EMAIL_FILE_PATH") or "mail")
if EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_CONFIG["EMAIL_BACKEND"] = "audit.mail.EmailBackend"
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend":
    EMAIL_FILE_PATH.mkdir(mode=0o700, parents=True, exist_ok=True)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="seloste@localhost")
EMAIL_TIMEOUT = 20

# --- languages and time
LANGUAGE_CODE = "fi"
LANGUAGES = [("fi", _("Finnish")), ("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Europe/Helsinki"
USE_TZ = True

# --- bookkeeping
_year_ends = env.str("FINANCIAL_YEAR_ENDS", default="12-31")
try:
    # in a leap year, so that 02-29 is a day too
    _last_day = datetime.strptime(f"2024-{_year_ends}", "%Y-%m-%d")
except ValueError:
    raise ImproperlyConfigured(
        f"FINANCIAL_YEAR_ENDS is {_year_ends!r}: write it as MM-DD, such as 12-31."
    ) from None
#: The last month and day of the controller's financial year, by which vouchers are kept (T15).
FINANCIAL_YEAR_ENDS_ON = (_last_day.month, _last_day.day)

# --- static files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.str("STATIC_ROOT", default="") or None
# a fresh clone serves its files where they lie, without collecting them first
WHITENOISE_USE_FINDERS = STATIC_ROOT is None

#: The last copy of the public page, shown while the database is away.
NOTICE_COPIES = DATA_DIR / "copies"

# --- private files: scans, letters, packages
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": {"BACKEND": "audit.storage.PrivateStorage"},
}

#: What an attachment may be at most.
ATTACHMENT_MAX_MB = env.int("ATTACHMENT_MAX_MB", default=10)
ATTACHMENT_MAX_PAGES = env.int("ATTACHMENT_MAX_PAGES", default=100)

# --- how long it is known who looked at a customer: as long as claims can be made
CONSULTATION_YEARS = env.int("CONSULTATION_YEARS", default=3)
#: Days in which a correction is to be ready, by ourselves, inside the legal month (P57).
RECTIFICATION_DAYS = env.int("RECTIFICATION_DAYS", default=7)

# --- how long a closed request says who asked: as long as claims can be made (D04r)
REQUEST_YEARS = env.int("REQUEST_YEARS", default=3)
if not 1 <= REQUEST_YEARS <= 10:
    raise ImproperlyConfigured("REQUEST_YEARS must be from 1 to 10: the notice tells it.")

# --- sign-in
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["staff.backends.RoleBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "staff.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Seloste: "
# a stranger's address gets no mail from us, whatever is typed into the reset form
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_ADAPTER = "staff.adapters.MFAAdapter"
# the invitation went to the address: accepting it has proven it
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Seloste"
# a code that changes while it is typed, and a phone whose clock is a little wrong (RFC 6238, 5.2)
MFA_TOTP_TOLERANCE = 1
SECOND_FACTOR = env.str("SECOND_FACTOR", default="required")
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- security
# a copy of the database opens no session, and no session there names a customer
SESSION_ENGINE = "staff.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "staff.views.form_refused"
# what a message says about a customer stays on the server
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# a long notice has hundreds of clauses, each of ten fields
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
#: The public pages' policy; staff pages add scripts of our own (staff.middleware).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
#: Paths under which staff work; everything else is public.
STAFF_PATHS = ("/admin/", "/account/")

# --- log: to standard error, without personal data
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "no_personal_data": {
            "()": "config.logs.NoPersonalData",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "no_personal_data"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own handlers would tell the same twice, with the texts of the errors
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}

# --- the worker's daily clock: commands run once a day, in this order
DAILY_COMMANDS = [
    "clearsessions",
    "forget_invitations",
    "forget_tasks",
    "carry_out_erasures",
    "begin_retention",
    "empty_undeclared",
    "forget_vouchers",
    "forget_imports",
    "forget_lists",
    "forget_consultations",
    "forget_requests",
    "forget_mail",
    "probe_requests",
    "remind_of_requests",
    # last: what the others delete goes from the files of the database too
    "clean_database",
]
