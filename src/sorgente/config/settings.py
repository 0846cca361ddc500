"""Django settings. Everything that differs between places comes from the environment."""

from __future__ import annotations

import secrets
import warnings
from pathlib import Path
from typing import Any

import environ

from sorgente.shared.paths import var_dir

env = environ.Env()
PACKAGE = Path(__file__).resolve().parents[1]
VAR_DIR = var_dir()

# The demonstration and the tests run without any setting; production names its own: `sorgente manage check --deploy`.
DEMO = env.bool("SORGENTE_DEMO", default=False)
DEBUG = env.bool("SORGENTE_DEBUG", default=False)
ALLOWED_HOSTS = env.list("SORGENTE_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("SORGENTE_ORIGINS", default=[])


SECRETS_MADE_HERE: list[str] = []  # `sorgente manage check --deploy` refuses them


def _kept_secret(name: str, *, of: int = 48) -> str:
    """Return the secret from the environment, else one made once and kept under var/.

    of  how many random bytes
    """
    named = env.str(name, default="")
    if named:
        return named
    SECRETS_MADE_HERE.append(name)
    file = VAR_DIR / "secrets" / name.lower()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(secrets.token_urlsafe(of))
        file.chmod(0o600)
    return file.read_text()


SECRET_KEY = _kept_secret("SORGENTE_SECRET_KEY")
# Encrypts IBANs, meter keys and tokens at rest.
FIELD_KEY = _kept_secret("SORGENTE_FIELD_KEY")

if env.str("DATABASE_URL", default=""):
    DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL")}
else:
    DATABASES = {
        "default": {
            "ENGINE": "sorgente.config.postgres",
            "NAME": "postgres",
            "USER": "postgres",
            "EMBEDDED_DATA": str(VAR_DIR / "postgres"),
        }
    }

INSTALLED_APPS = [
    "sorgente.archive",
    "sorgente.archive.signing",
    "sorgente.messages",
    "sorgente.customers",
    "sorgente.customers.access",
    "sorgente.metering",
    "sorgente.ledger",
    "sorgente.billing",
    "sorgente.payments",
    "sorgente.tickets",
    "sorgente.tickets.appointments",
    "sorgente.quality",
    "sorgente.interfaces.desk",
    "sorgente.interfaces.portal",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "django_tables2",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "sorgente.interfaces.desk.security.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sorgente.interfaces.portal.app.middleware.ShellMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sorgente.interfaces.portal.security.CustomerMiddleware",
    "sorgente.interfaces.desk.security.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sorgente.interfaces.desk.errors.SorgenteErrorMiddleware",
]

ROOT_URLCONF = "sorgente.config.urls"
ASGI_APPLICATION = "sorgente.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sorgente.interfaces.desk.context.desk",
                "sorgente.interfaces.portal.context.portal",
            ]
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 2 * 3600
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "interfaces" / place / "locale" for place in ("desk", "portal", "portal/signing")]
USE_I18N = True
TIME_ZONE = "Europe/Rome"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
# Static files and exports are small enough to be read whole; Django says so on each of them under ASGI.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

ARCHIVE_DIR = Path(env.str("SORGENTE_ARCHIVE", default=str(VAR_DIR / "archive")))
# E-invoices on their way to SdI; a transfer program (SDICoop, SFTP) empties the folder.
SDI_OUTBOX = Path(env.str("SORGENTE_SDI_OUTBOX", default=str(VAR_DIR / "sdi" / "outbox")))
# Signing: the seal, the time-stamp authority, the roots trusted, the third party's certificate for biometrics.
# Without them the demonstration's own are made under var/trust; `sorgente manage check --deploy` refuses those.
SEAL_PKCS12 = env.str("SORGENTE_SEAL_PKCS12", default="")
SEAL_PASSWORD = env.str("SORGENTE_SEAL_PASSWORD", default="")
SEAL_PKCS11_MODULE = env.str("SORGENTE_SEAL_PKCS11_MODULE", default="")
SEAL_PKCS11_TOKEN = env.str("SORGENTE_SEAL_PKCS11_TOKEN", default="")
SEAL_PKCS11_PIN = env.str("SORGENTE_SEAL_PKCS11_PIN", default="")
SEAL_PKCS11_CERTIFICATE = env.str("SORGENTE_SEAL_PKCS11_CERTIFICATE", default="")
TSA_URL = env.str("SORGENTE_TSA_URL", default="")
TRUST_DIR = env.str("SORGENTE_TRUST_DIR", default="")
SIGNING_BIOMETRICS_CERTIFICATE = env.str("SORGENTE_BIOMETRICS_CERTIFICATE", default="")
EMAIL_BACKEND = env.str("SORGENTE_EMAIL_BACKEND", default="sorgente.messages.adapters.outbox_backend.EmailBackend")
EMAIL_FILE_PATH = str(VAR_DIR / "outbox")
# Where customers reach us: links in messages start with it.
SITE_ADDRESS = env.str("SORGENTE_SITE", default="http://localhost:8000").rstrip("/")
DEFAULT_FROM_EMAIL = env.str("SORGENTE_EMAIL_FROM", default="bollette@valdoro.example")
if env.str("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))

# The mailbox that tickets come from (imaps://user:password@host/folder) and the address customers answer to.
IMAP_URL = env.str("SORGENTE_IMAP_URL", default="")
TICKETS_ADDRESS = env.str("SORGENTE_TICKETS_ADDRESS", default="clienti@valdoro.example")
# "e5": sentence vectors beside the words; "none": words alone, quicker to learn and less sure.
TICKETS_ENCODER = env.str("SORGENTE_TICKETS_ENCODER", default="e5")

# Timed and queued work; a worker imports it from here.
PROCRASTINATE_IMPORT_PATHS = ["sorgente.interfaces.workers.tasks"]

# Notifications in browsers and apps: the application's own key (P-256, 32 bytes in base64url); one is made and kept.
VAPID_KEY = _kept_secret("SORGENTE_VAPID_KEY", of=32)
# Where SMS go, as JSON over HTTPS; empty: they become files of the outbox.
SMS_GATEWAY = env.str("SORGENTE_SMS_GATEWAY", default="")
SMS_GATEWAY_TOKEN = env.str("SORGENTE_SMS_GATEWAY_TOKEN", default="")

# Signs what the switchboard tells (interfaces/api); empty: nothing is accepted.
SWITCHBOARD_SECRET = env.str("SORGENTE_SWITCHBOARD_SECRET", default="")

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Staff are made by an administrator (`sorgente manage staff`) and need a second factor.
ACCOUNT_ADAPTER = "sorgente.interfaces.desk.accounts.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "sorgente.interfaces.desk.accounts.StaffMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp"]
MFA_TOTP_ISSUER = "Sorgente"
# The one page this would guard is the first set-up, which follows the password at once; nobody can undo it.
MFA_REAUTHENTICATION_REQUIRED = False

# SPID and CIE reach the web area through an OpenID Connect provider: the utility's own, or an aggregator's.
OIDC = {
    "server": env.str("SORGENTE_OIDC_SERVER", default=""),
    "client": env.str("SORGENTE_OIDC_CLIENT", default="sorgente"),
    "secret": env.str("SORGENTE_OIDC_SECRET", default=""),
    "name": env.str("SORGENTE_OIDC_NAME", default="SPID o CIE"),
    "scope": env.list("SORGENTE_OIDC_SCOPE", default=["openid", "profile", "email"]),
}
SOCIALACCOUNT_ADAPTER = "sorgente.interfaces.portal.identity.IdentityAdapter"
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
# A link, not a form: our policy lets no form lead to another site.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "identita",
                "name": OIDC["name"],
                "client_id": OIDC["client"],
                "secret": OIDC["secret"],
                "settings": {"server_url": OIDC["server"], "scope": OIDC["scope"]},
            }
        ]
        if OIDC["server"]
        else [],
    }
}

# Behind a proxy that ends TLS and says so; `sorgente manage check --deploy` warns where it is off.
HTTPS = env.bool("SORGENTE_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 86_400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_SAMESITE = "Lax"

# Forms without their files; files larger than a little are kept on disk while they arrive. Each form then checks its
# own files (archive.core.uploads); whoever receives for us (the proxy) ends what is larger than any of them.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600

# Logs and reports of errors say where and what, never whom: config/logs.py.
DEFAULT_EXCEPTION_REPORTER_FILTER = "sorgente.config.logs.NothingTypedFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "sorgente.config.logs.PrivateFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Django's own handlers would write the whole exception, and mail it.
    "loggers": {"django": {"handlers": [], "level": "INFO"}, "django.server": {"handlers": [], "propagate": True}},
}
