"""Settings of the site, read from the environment.

Every variable has a default that suits one machine; a value that makes no sense stops the start with
a sentence that names the variable and the cure.

DATA_DIR        folder of the embedded database, the pictures, the collected static files and the key
DATABASE_URL    sqlite:///PATH (default: DATA_DIR/site.sqlite3) or postgresql://USER:PASSWORD@HOST:PORT/NAME
SECRET_KEY      signs sessions and links; without it a random one is made once and kept in DATA_DIR
HOSTS           host names the site answers to, with commas between (default: 127.0.0.1,localhost)
HTTPS           1 when readers reach the site over https: secure cookies, HSTS, https addresses
TRUST_PROXY     1 when a proxy in front sets X-Forwarded-Proto and adds to X-Forwarded-For
TIME_ZONE       zone in which editors read and type times (default: UTC)
HUB_URL         address of a WebSub hub that is told of changes, such as https://pubsubhubbub.superfeedr.com/
SITE_LANGUAGE   language of the interface: en, tr or ru (default: en)
PAGE_CACHE_MB   memory of each process for ready pages, in megabytes; 0 for none (default: 16)
DEBUG           1 on a developer's machine only
"""

import os
import re
import zoneinfo
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def switch(name):
    """Return the environment variable `name` as a truth value; absent or empty is false."""
    value = os.environ.get(name, "").strip().lower()
    if value not in {"", "0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name}={value!r}: set it to 1 or 0.")
    return value in {"1", "true", "yes"}


def kept_secret(folder):
    """Return the key kept in `folder`, made on first use and readable by its owner alone."""
    path = folder / "secret_key"
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"secret_key.{os.getpid()}")
            fresh.touch(mode=0o600)
            fresh.write_text(get_random_secret_key())
            try:
                os.link(fresh, path)  # atomic: of two processes that start together one wins, both read it
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {folder} can't be written ({error.strerror}): set DATA_DIR to one that can, or set SECRET_KEY."
        ) from error


def database(url):
    """Return Django's description of the database at `url` (see the module's docstring)."""
    wrong = ImproperlyConfigured("DATABASE_URL: write sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME.")
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError as error:
        raise wrong from error
    if parts.scheme == "sqlite" and parts.path:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) if parts.path.startswith("//") else unquote(parts.path),
            "OPTIONS": {
                # Deferred transactions fail at once when two people save; full sync survives a power cut.
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864; "
                    "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": port,
            "CONN_HEALTH_CHECKS": True,
            "CONN_MAX_AGE": 60,
        }
    raise wrong


BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "data")

DEBUG = switch("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(DATA_DIR)
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("HOSTS", "127.0.0.1,localhost").split(",") if host.strip()]
DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite://{DATA_DIR / 'site.sqlite3'}")}

INSTALLED_APPS = [
    "articles",  # before the admin, whose templates it extends
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.flatpages",
    "django.contrib.messages",
    "django.contrib.redirects",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "articles.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "articles.middleware.SiteAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "articles.middleware.KeepWhatWasTyped",
    "articles.middleware.OldAddresses",
]

ROOT_URLCONF = "relations_site.urls"
WSGI_APPLICATION = "relations_site.wsgi.application"
SITE_ID = 1

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
            ]
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/pictures/"
MEDIA_ROOT = DATA_DIR / "pictures"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

PAGE_CACHE_MB = os.environ.get("PAGE_CACHE_MB") or "16"
if not re.fullmatch(r"[0-9]{1,5}", PAGE_CACHE_MB):
    raise ImproperlyConfigured(f"PAGE_CACHE_MB={PAGE_CACHE_MB!r}: set it to a number of megabytes, 0 for no cache.")
PAGE_CACHE_MB = int(PAGE_CACHE_MB)

# A pasted book must come back to its editor with a message, not be cut off by the server's default of 2.5 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

LANGUAGE_CODE = os.environ.get("SITE_LANGUAGE") or "en"
LANGUAGES = [("en", "English"), ("tr", "Türkçe"), ("ru", "Русский")]
LOCALE_PATHS = [BASE_DIR / "articles" / "locale"]  # of the templates too
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(f"SITE_LANGUAGE={LANGUAGE_CODE!r}: set it to en, tr or ru.")
USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE") or "UTC"
if TIME_ZONE not in zoneinfo.available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE={TIME_ZONE!r}: set it to a zone such as Europe/Istanbul.")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "admin:login"
CSRF_FAILURE_VIEW = "articles.views.csrf_failed"

HTTPS = switch("HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
HUB_URL = os.environ.get("HUB_URL", "").strip()
if HUB_URL and not re.fullmatch(r"https?://[^\s<>\"]+", HUB_URL):
    raise ImproperlyConfigured(f"HUB_URL={HUB_URL!r}: set it to an address that begins with https:// (or http://).")

SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 14 * 24 * 3600
TRUST_PROXY = switch("TRUST_PROXY")
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
