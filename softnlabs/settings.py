"""Settings: everything that differs between machines comes from the environment.

Local mode (unless `SOFTNLABS_ENV` is `production`) generates its secrets under `var/` and writes mail there.
Production does not start unless the environment is whole: `softnlabs.environment`.
"""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from privacy.mail import providers
from privacy.visits.partition_ranges import Granularity
from softnlabs import environment, secrets
from softnlabs.local import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = environment.said(os.environ)
VAR = Path(ENVIRONMENT.get("SOFTNLABS_VAR", BASE_DIR / "var")).resolve()
LOCAL_MODE = ENVIRONMENT.get("SOFTNLABS_ENV", "local") != "production"
DEBUG = False
environment.require(ENVIRONMENT, local_secrets=VAR / "secrets", is_local=LOCAL_MODE)

# Secrets -------------------------------------------------------------------------------------------------
_secret = secrets.Secrets(folder=VAR / "secrets" if LOCAL_MODE else None)
SECRET_KEY = _secret.value("SECRET_KEY")
# What was signed before a change of that key (links, sessions, choices) works on for as long as the old one is here.
SECRET_KEY_FALLBACKS = environment.keys_of(ENVIRONMENT, "SECRET_KEY_FALLBACKS")
PSEUDONYM_KEY = _secret.value("PSEUDONYM_KEY")
FILE_KEYS = _secret.fernet_keys("FILE_KEYS")

# Addresses -----------------------------------------------------------------------------------------------
PORT = int(ENVIRONMENT.get("PORT", "8000"))
SITE_URL = ENVIRONMENT.get("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
_OWN_HOSTS = "127.0.0.1,localhost,[::1]" if LOCAL_MODE else environment.site_host(ENVIRONMENT)
ALLOWED_HOSTS = (ENVIRONMENT.get("ALLOWED_HOSTS") or _OWN_HOSTS).split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DATABASE_URL = ENVIRONMENT.get("DATABASE_URL") or embedded.database_url(VAR)
# Who migrates. Where only the application's address is given, one role does both (privacy.W005).
DATABASE_OWNER_URL = ENVIRONMENT.get("DATABASE_OWNER_URL") or (
    "" if ENVIRONMENT.get("DATABASE_URL") else embedded.owner_url(VAR)
)
REDIS_URL = ENVIRONMENT.get("REDIS_URL") or embedded.redis_url(VAR)

# The company (clause 1 of the policy) --------------------------------------------------------------------
ENTITY = {
    "name": "SoftNLabs",
    "legal_form": _("simplified joint-stock company (SAS)"),
    "siren": "818 145 302",
    "since": "2016-02-01",
    "street": ENVIRONMENT.get("ENTITY_STREET", ""),  # shown wherever the company's address is
    "postcode": "64290",
    "town": "Gan",
    "country": _("France"),
    # For the legal notice, which leaves out what is empty.
    "capital": ENVIRONMENT.get("ENTITY_CAPITAL", ""),
    "register": ENVIRONMENT.get("ENTITY_REGISTER", ""),
    "vat": ENVIRONMENT.get("ENTITY_VAT", ""),
    "telephone": ENVIRONMENT.get("ENTITY_TELEPHONE", ""),
}
# Where this installation's data are stored, such as "FR Gan, DE Falkenstein". With a place outside the European Union
# the site does not start (privacy.E009).
HOSTING_PLACES = ENVIRONMENT.get("HOSTING_PLACES", "FR Gan" if LOCAL_MODE else "").split(",")
CONTROLLER = {
    "name": "Estelle Gelet",
    "email": "estelle.gelet@softnlabs.com",
    "telephone": ENVIRONMENT.get("CONTROLLER_TELEPHONE", ""),  # for registers and the authority
    "language": "fr",
}
# Who answers for what the site publishes, and who hosts it: the company itself, unless this names another.
PUBLICATION_DIRECTOR = ENVIRONMENT.get("PUBLICATION_DIRECTOR") or CONTROLLER["name"]
WEB_HOST = {
    "name": ENVIRONMENT.get("WEB_HOST_NAME", ""),
    "address": ENVIRONMENT.get("WEB_HOST_ADDRESS", ""),
    "telephone": ENVIRONMENT.get("WEB_HOST_TELEPHONE", ""),
}
# The supervisory authority, and where one writes to it.
AUTHORITY = {
    "name": "CNIL",
    "postal_address": ("3 place de Fontenoy", "TSA 80715", "75334 Paris Cedex 07"),
    "country": _("France"),
}

# Requests of data subjects -------------------------------------------------------------------------------
# With "1", whoever prepares an answer may not approve it.
REQUESTS_FOUR_EYES = ENVIRONMENT.get("REQUESTS_FOUR_EYES", "") == "1"
# Days to notify recipients of a rectification, an erasure or a restriction (GDPR article 19 gives no number).
REQUESTS_TELL_DAYS = 14
# Reminders are sent so many days before the last day of a deadline.
REQUESTS_REMIND_DAYS = tuple(map(int, ENVIRONMENT.get("REQUESTS_REMIND_DAYS", "7,3,1,0").split(",")))

# Applications --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "softnlabs.apps.ControllerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "csp",
    "cookie_consent",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",  # always, so that tables do not depend on whether a provider is set
    "allauth.socialaccount.providers.openid_connect",
    "privacy",
    "consent",
    "recruitment",
    "dsr",
    "softnlabs.website",
]
MIDDLEWARE = [
    "privacy.middleware.request_id_middleware",  # outermost: every answer and log line has the id
    "privacy.middleware.security_middleware",  # outside what refuses: it sees every refusal
    "django.middleware.security.SecurityMiddleware",
    "privacy.middleware.headers_middleware",
    "privacy.middleware.no_store_middleware",  # outside everything that lets a page be cached
    "privacy.middleware.methods_middleware",
    "privacy.middleware.nul_bytes_middleware",
    "privacy.middleware.bidi_middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "consent.middleware.cookie_guard_middleware",  # outside everything that reads or sets a cookie
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "softnlabs.website.accounts.middleware.known_browsers_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "privacy.middleware.visits_middleware",
    "privacy.middleware.audit_middleware",
    "softnlabs.website.accounts.middleware.sessions_middleware",
    "consent.middleware.notices_middleware",
    "privacy.middleware.ClosedFilesMiddleware",
    "privacy.middleware.readiness_middleware",  # innermost, so that its page passes through all the others
]
# What still works while a restored backup waits for manage.py replay_erasures.
ANSWERED_UNREADY = ("/health/",)
WORKS_UNREADY = ("softnlabs.website.health.tasks.tick",)
ROOT_URLCONF = "softnlabs.urls"
WSGI_APPLICATION = "softnlabs.wsgi.application"
AUTH_USER_MODEL = "website.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "website:sign-in"
MY_DATA_URL = "website:my-data"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "softnlabs.website.pages.context.company",
            ],
        },
    }
]

# Data ----------------------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **dj_database_url.parse(DATABASE_URL),
        "CONN_MAX_AGE": 600,  # seconds: opening a connection costs more than most queries
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DATABASE_ROLE = DATABASES["default"]["USER"]
DATABASE_OWNER = dj_database_url.parse(DATABASE_OWNER_URL) if DATABASE_OWNER_URL else {}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "cookie_groups": {"BACKEND": "consent.compatibility.declared_groups.DeclaredGroups"},
}
FILES_ROOT = VAR / "files"
SPOOL_ROOT = VAR / "spool"
# Size of a partition of visits: day, week or month (docs/visits.md has measurements).
VISIT_PARTITIONS = Granularity(ENVIRONMENT.get("VISIT_PARTITIONS", "week"))
# The journal of erasures, replayed after a backup is restored: shared by all machines, never restored itself.
ERASURE_JOURNAL = Path(ENVIRONMENT.get("ERASURE_JOURNAL", VAR / "journal" / "erasures"))

# Safeguard: a purge outside these limits waits for the controller's confirmation -------------------------
# Two machines under NTP differ by milliseconds; a wrong time zone is at least half an hour off.
PURGE_CLOCK_TOLERANCE = timedelta(minutes=5)
# No purge for longer than this: the site was switched off, or the clock jumped ahead.
PURGE_LONGEST_SILENCE = timedelta(days=7)
# Share of a holding: an hourly purge deletes thousandths of it. More is allowed after days without one: see safeguard.
PURGE_SHARE = 0.25
# Below so many rows a quarter is a handful, and confirmations every week would become a habit.
PURGE_FEW_ROWS = 100

# Languages and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# In the language of the reader: French is called "Français" in both, so that no migration depends on it.
LANGUAGES = [("en", _("English")), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "softnlabs.formats"
POLICY_ROOT = BASE_DIR / "policy"
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# Static files: from our own server only ------------------------------------------------------------------
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Uploads stay in memory, so that an unencrypted identity card is never written to disk.
FILE_UPLOAD_HANDLERS = ["privacy.files.uploads.InMemoryHandler"]
UPLOAD_MAX_BYTES = 8 * 1024 * 1024
# Each is held in memory. No form has more: a reply to an enquiry has three.
DATA_UPLOAD_MAX_NUMBER_FILES = 3
# Room for what strangers send: files kept while a form is corrected, and all files that were sent, in number and bytes.
DRAFTS_MOST = int(ENVIRONMENT.get("DRAFTS_MOST", "1000"))
DRAFTS_MOST_BYTES = int(ENVIRONMENT.get("DRAFTS_MOST_BYTES", str(1024**3)))
UPLOADS_MOST = int(ENVIRONMENT.get("UPLOADS_MOST", "200000"))
UPLOADS_MOST_BYTES = int(ENVIRONMENT.get("UPLOADS_MOST_BYTES", str(50 * 1024**3)))
# What stays free on the disks of files, spool and journal: below it no file is taken.
DISK_FREE_BYTES = int(ENVIRONMENT.get("DISK_FREE_BYTES", str(1024**3)))
# Such as unix:/run/clamav/clamd.ctl or tcp:scanner.internal:3310: nobody opens a file before it was scanned.
SCANNER = ENVIRONMENT.get("SCANNER", "")
# Documents examined at once on this machine, each in at most 256 MiB of memory.
EXAMINATIONS_AT_ONCE = int(ENVIRONMENT.get("EXAMINATIONS_AT_ONCE", "1"))
EXAMINATIONS_ROOT = VAR / "examinations"  # locks, which hold nothing
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A public form that was sent sooner or later than this after it was shown is shown once more (privacy.web.spam). With 0
# seconds none is: for tests, which are quicker than people.
FORM_LEAST_AGE = timedelta(seconds=float(ENVIRONMENT.get("FORM_LEAST_SECONDS", "3")))
FORM_GREATEST_AGE = timedelta(days=1)
EXAMPLE_MAIL_ARRIVES = LOCAL_MODE  # in a file, where one can try out the site with alice@example.org

# Mail: sent from an outbox table, or to files under var/mail in local mode -------------------------------
# By SMTP, or by the interface of a provider that privacy.mail.providers knows.
MAIL_PROVIDER = ENVIRONMENT.get("MAIL_PROVIDER", "")
# Who runs the mail server, or the provider: its name in the register of processors, or `own`.
MAIL_PROCESSOR = ENVIRONMENT.get("MAIL_PROCESSOR", "")
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend" if LOCAL_MODE else providers.backend(MAIL_PROVIDER)
)
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_HOST = ENVIRONMENT.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(ENVIRONMENT.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = ENVIRONMENT.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = ENVIRONMENT.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = ENVIRONMENT.get("EMAIL_USE_TLS", "") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = f"{ENTITY['name']} <{CONTROLLER['email']}>"
# Who signs what leaves (DKIM): this site with a key, or the relay.
DKIM_SELECTOR = ENVIRONMENT.get("DKIM_SELECTOR", "")
DKIM_DOMAIN = ENVIRONMENT.get("DKIM_DOMAIN") or CONTROLLER["email"].rpartition("@")[2]
DKIM_PRIVATE_KEY = environment.given_or_in_file(ENVIRONMENT, "DKIM_PRIVATE_KEY")
MAIL_RELAY_SIGNS = ENVIRONMENT.get("MAIL_RELAY_SIGNS", "") == "1"
ANYMAIL = {
    **providers.keys(ENVIRONMENT),
    # Of what a provider reports of mail that comes back: `user:password`, several between commas.
    "WEBHOOK_SECRET": environment.keys_of(ENVIRONMENT, "MAIL_WEBHOOK_SECRET"),
    "SEND_DEFAULTS": {},
    # No pixel that tells who opened a message, and no link by way of somebody else.
    "MAILJET_SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
    "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,  # seconds
}
# E-mail campaigns (docs/mailings.md): how many leave in a second, in all and to one provider, and over how many
# connections at once. Each connection keeps one process of the worker busy.
MAILINGS_PER_SECOND = float(ENVIRONMENT.get("MAILINGS_PER_SECOND", "20"))
MAILINGS_PER_SECOND_OF_PROVIDER = float(ENVIRONMENT.get("MAILINGS_PER_SECOND_OF_PROVIDER", "5"))
MAILINGS_LINES = int(ENVIRONMENT.get("MAILINGS_LINES", "1"))

# Celery: tasks carry no data, the state is in PostgreSQL -------------------------------------------------
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,  # longer than any task may run, or Redis would deliver it a second time
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,  # a page that enqueues a task must not wait for a Redis that is down
    "socket_timeout": 5,
}
CELERY_TASK_ACKS_LATE = True  # the task of a killed worker is run again
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a long task must not reserve others
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_PUBLISH_RETRY = False  # beat publishes it again soon
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")

# Security: the same headers for every page, the admin included -------------------------------------------
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_LONGEST = timedelta(hours=12)  # a working day
# After that the cookie opens nothing: by it a form goes on that was typed meanwhile, once its person has signed in.
SESSION_COOKIE_AGE = int(timedelta(days=1).total_seconds())
# A session that nobody used for so long asks for the password again. The desk shows other people's data, an account
# its own alone, and people fill in a form there with their papers in hand.
IDLE_AT_DESK, IDLE_OF_CLIENTS = timedelta(minutes=30), timedelta(hours=2)
# Before identity proofs, packages, archives, exports and the rights of others (privacy.web.recent_sign_in).
RECENT_SIGN_IN = timedelta(minutes=10)
RECENT_SIGN_IN_URL = "website:sign-in-again"
CSRF_COOKIE_AGE = None  # until the browser is closed
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
# Only the models of cookies are the package's: choices, their proof and their enforcement are ours, and the package
# answers from them (consent.compatibility).
COOKIE_CONSENT_LOG_ENABLED = False
COOKIE_CONSENT_CACHE_BACKEND = "cookie_groups"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Two years, as hstspreload.org recommends.
SECURE_HSTS_SECONDS = int(timedelta(days=730).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"  # no-referrer would break the CSRF check: "Origin: null"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
# The number of proxies that add to X-Forwarded-For; local mode has none.
TRUSTED_PROXIES = int(ENVIRONMENT.get("TRUSTED_PROXIES", "0"))
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Length, and what is easy to guess; no rule asks for signs of one kind or another.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "softnlabs.website.accounts.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "softnlabs.website.accounts.passwords.KnownWordsValidator"},
    {"NAME": "softnlabs.website.accounts.passwords.AnotherPasswordValidator"},
]
# Accounts: django-allauth does sign-in, second factors and the company's OpenID provider ------------------
# Its own limits would need a cache that all processes share: ours are in PostgreSQL (privacy.web.rate_limits).
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_REDIRECT_URL = "website:account"
ACCOUNT_ADAPTER = "softnlabs.website.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=10).total_seconds())
MFA_ADAPTER = "softnlabs.website.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Everywhere: a challenge of the second step would else sign in by itself, with a passkey that asked for nothing.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_TOLERANCE = 0  # a code counts for its own half minute, and no longer
MFA_TOTP_ISSUER = ENTITY["name"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL_MODE and not HTTPS  # http://localhost
SOCIALACCOUNT_ADAPTER = "softnlabs.website.accounts.adapters.ProviderAdapter"
# Optional: staff also sign in by the company's OpenID provider. Its issuer is an address without /.well-known/...
STAFF_OPENID_NAME = ENVIRONMENT.get("STAFF_OPENID_NAME", "OpenID")
STAFF_OPENID_ISSUER = ENVIRONMENT.get("STAFF_OPENID_ISSUER", "")
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form must not be sent on to another site (form-action of our policy)
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "company",
                "name": STAFF_OPENID_NAME,
                "client_id": ENVIRONMENT.get("STAFF_OPENID_CLIENT_ID", ""),
                "secret": ENVIRONMENT.get("STAFF_OPENID_SECRET", ""),
                "settings": {"server_url": STAFF_OPENID_ISSUER},
            }
        ][: bool(STAFF_OPENID_ISSUER)],
    }
}
LOG_FORMAT = ENVIRONMENT.get("LOG_FORMAT", "")  # json, or lines for people
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "softnlabs.logs.formatter", "style": LOG_FORMAT}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # instead of Django's, one of which mails whole requests
        # Of the server for development: it would write down the address of each request, tokens included.
        "django.server": {"handlers": ["nowhere"], "propagate": False},
    },
}
