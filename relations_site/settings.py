"""Settings of the site, read from the environment.

Every variable has a default that suits one machine; a value that makes no sense stops the start with
a sentence that names the variable and the cure.

DATA_DIR        folder of the embedded database, the pictures, the collected static files and the key
DATABASE_URL    sqlite:///PATH (default: DATA_DIR/site.sqlite3) or postgresql://USER:PASSWORD@HOST:PORT/NAME
DATABASE_POOL   connections that each worker may open to PostgreSQL: as many as its blocking threads and two more
                (default: 4; 0: one a thread, without a pool, as commands have it)
DATABASE_WAIT   seconds after which PostgreSQL gives a page's query up; the desk's have twelve times as long, those of
                commands no end (default: 5; 0: no end, also for a PgBouncer, which doesn't pass it on)
CACHE_URL       redis://:PASSWORD@HOST:PORT/NUMBER, what several machines share beside the database; the site empties
                that NUMBER as it likes (default: each process remembers for itself). rediss:// speaks TLS
PICTURES_URL    s3://KEY:SECRET@HOST:PORT/BUCKET?region=NAME&tls=1, where pictures are kept; region and tls may be left
                out (default: DATA_DIR/pictures). Needs relations_site/deploy/requirements-s3.txt
SECRET_KEY      signs sessions and links; without it a random one is made once and kept in DATA_DIR. With CACHE_URL or
                PICTURES_URL it must be given, the same on every machine
HOSTS           host names the site answers to, with commas between (default: 127.0.0.1,localhost)
HTTPS           1 when readers reach the site over https: secure cookies, HSTS, https addresses
TRUST_PROXY     1 when a proxy in front sets X-Forwarded-Proto and adds to X-Forwarded-For
TIME_ZONE       zone in which editors read and type times (default: UTC)
IDLE_HOURS      hours after which whoever did nothing at the desk is logged out (default: 12)
SECOND_FACTOR_GROUPS
                names of groups, with commas between, whose members reach the desk with a second factor only; once any
                is named, administrators too (default: none; everybody may have one)
CHECK_LINKS     1 when `manage.py housekeeping` may ask whether the addresses of sources still answer. Without this and
                HUB_URL the site asks nothing of any other host
HUB_URL         address of a WebSub hub that is told of changes, such as https://pubsubhubbub.superfeedr.com/
SITE_LANGUAGE   language of the interface: en, tr or ru (default: en)
PAGE_CACHE_MB   memory of each process for ready pages, in megabytes; 0 for none (default: 16)
DEBUG           1 on a developer's machine only
"""

import importlib.util
import os
import re
import zoneinfo
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

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


def number(name, default):
    """Return the environment variable `name` as a whole number from 0 up; absent or empty is `default`."""
    value = os.environ.get(name, "").strip() or str(default)
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise ImproperlyConfigured(f"{name}={value!r}: set it to a whole number, such as {default}.")
    return int(value)


def hosts(text):
    """Return the host names in `text`, with commas between; a pattern would let in what nobody meant."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if any("*" in name or name.startswith(".") for name in names):
        raise ImproperlyConfigured(f"HOSTS={text!r}: write each name in full, without * and without a dot before it.")
    return names


def parted(url, wrong):
    """Return the parts of `url` and its port (None where it has none); raise the error `wrong` when it is no address."""
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError as error:
        raise wrong from error


def database(url):
    """Return Django's description of the database at `url` (see the module's docstring)."""
    wrong = ImproperlyConfigured("DATABASE_URL: write sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME.")
    parts, port = parted(url, wrong)
    if parts.scheme == "sqlite" and parts.path:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) if parts.path.startswith("//") else unquote(parts.path),
            "CONN_MAX_AGE": 60,  # opening the file costs as much as a short page
            "OPTIONS": {
                # Deferred transactions fail at once when two people save; full sync survives a power cut.
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864; "
                    "PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        pool = number("DATABASE_POOL", 4)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(port or ""),
            "CONN_HEALTH_CHECKS": True,  # or the pool hands out what a restart of the server has cut
            "CONN_MAX_AGE": 0 if pool else 60,  # the pool keeps them
            "OPTIONS": postgresql_options(pool, number("DATABASE_WAIT", 5)),
        }
    raise wrong


def postgresql_options(pool, wait):
    """Return the options of connections, at most `pool` (0: without one), whose queries take at most `wait` seconds."""
    options = {
        "connect_timeout": 3,  # seconds; libpq's own is for ever, and a machine that is off answers nothing
        "keepalives_idle": 10,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,  # milliseconds
    }
    if wait:
        options["options"] = f"-c statement_timeout={wait * 1000} -c lock_timeout={min(wait, 3) * 1000}"
    if pool:
        # None is opened before it is needed, and one that can't be opened is given up soon: the pause between two
        # tries would double to half a minute.
        options["pool"] = {"min_size": 0, "max_size": pool, "timeout": 1, "max_idle": 60, "reconnect_timeout": 1}
    return options


def cache(url):
    """Return Django's description of the cache at `url`, or of each process's own memory without one."""
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    wrong = ImproperlyConfigured("CACHE_URL: write redis://:PASSWORD@HOST:PORT/NUMBER.")
    parts, _port = parted(url, wrong)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or not re.fullmatch(r"/?|/[0-9]+", parts.path):
        raise wrong
    if parts.query or parts.fragment:
        raise wrong
    return {"BACKEND": "relations_site.cache.FailOpenCache", "LOCATION": [url]}


def picture_store(url):
    """Return Django's description of the storage of pictures at `url`, or of the folder of its own without one."""
    if not url:
        return {"BACKEND": "relations_site.files.WholeFiles"}
    wrong = ImproperlyConfigured("PICTURES_URL: write s3://KEY:SECRET@HOST:PORT/BUCKET?region=NAME&tls=1.")
    parts, port = parted(url, wrong)
    query = parse_qs(parts.query)
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not (parts.hostname and parts.username and parts.password):
        raise wrong
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{2,62}", bucket) or not query.keys() <= {"region", "tls"}:
        raise wrong
    tls = query.get("tls", ["1"])[-1]
    if tls not in {"0", "1"}:
        raise wrong
    if importlib.util.find_spec("storages") is None or importlib.util.find_spec("boto3") is None:
        raise ImproperlyConfigured(
            "PICTURES_URL needs django-storages and boto3: "
            "pip install --require-hashes -r relations_site/deploy/requirements-s3.txt"
        )
    return {
        "BACKEND": "relations_site.pictures.PictureStore",
        "OPTIONS": {
            "endpoint_url": f"{'https' if tls == '1' else 'http'}://{parts.hostname}{f':{port}' if port else ''}",
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "bucket_name": bucket,
            "region_name": query.get("region", ["us-east-1"])[-1],
        },
    }


def hub(url):
    """Return the address `url` of a WebSub hub, if it may be one that is told (`articles.network`), or nothing."""
    wrong = ImproperlyConfigured(
        f"HUB_URL={url!r}: set it to an address that begins with https:// (or http://), without a port of its own."
    )
    if url and (not re.fullmatch(r"https?://[^\s<>\"]+", url) or parted(url, wrong)[1] not in {None, 80, 443}):
        raise wrong
    return url


BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "data")

DEBUG = switch("DEBUG")
CACHE_URL = os.environ.get("CACHE_URL", "").strip()
PICTURES_URL = os.environ.get("PICTURES_URL", "").strip()
if (CACHE_URL or PICTURES_URL) and not os.environ.get("SECRET_KEY"):
    raise ImproperlyConfigured(
        "SECRET_KEY: set it, the same on every machine, or who logs in on one is logged out on another."
    )
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(DATA_DIR)
ALLOWED_HOSTS = hosts(os.environ.get("HOSTS") or "127.0.0.1,localhost")
DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite://{DATA_DIR / 'site.sqlite3'}")}
DATABASE_WAIT = number("DATABASE_WAIT", 5)
CACHES = {"default": cache(CACHE_URL)}
# The rows of the database stay the truth: nobody is logged out when the cache is emptied or away.
SESSION_ENGINE = f"django.contrib.sessions.backends.{'cached_db' if CACHE_URL else 'db'}"

INSTALLED_APPS = [
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "articles",  # before the admin, whose templates it extends
    "articles.accounts.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.flatpages",
    "django.contrib.messages",
    "django.contrib.redirects",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "articles.middleware.SecurityHeaders",
    "relations_site.patience.PatientDesk",
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
    "default": picture_store(PICTURES_URL),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "relations_site.static_files.Collected"
    },
}

PAGE_CACHE_MB = number("PAGE_CACHE_MB", 16)

# A pasted book must come back to its editor with a message, not be cut off by the server's default of 2.5 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
# A picture as large as they may be is held in memory: a full disk mustn't keep its caption from coming back.
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

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
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # a load balancer asks the process itself
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Over https no other host below the same domain can set them (RFC 6265bis, 4.1.3.2); `desk/keep.js` and nginx.conf know.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (f"{'__Host-' if HTTPS else ''}{name}" for name in ("sessionid", "csrftoken"))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
CHECK_LINKS = switch("CHECK_LINKS")
HUB_URL = hub(os.environ.get("HUB_URL", "").strip())

SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
IDLE_HOURS = number("IDLE_HOURS", 12)
if not IDLE_HOURS:
    raise ImproperlyConfigured("IDLE_HOURS=0: set it to an hour or more.")
SESSION_COOKIE_AGE = IDLE_HOURS * 3600
SECOND_FACTOR_GROUPS = [name.strip() for name in os.environ.get("SECOND_FACTOR_GROUPS", "").split(",") if name.strip()]
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0  # `articles.accounts.throttle` counts, and locks nobody out
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
