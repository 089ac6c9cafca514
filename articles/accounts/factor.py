"""The second factor: codes that a device shows (RFC 6238), and codes to recover with when it is lost.

Who has one is logged in only after both steps, so that every session of theirs is as good as the other.
"""

import base64
import itertools
import re
import secrets
from importlib import import_module
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from ..models import tries

RECOVERY_CODES = 10


def has(user):
    """Whether `user` has set a second factor up."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def must_have(user):
    """Whether the site's rules want a second factor of `user`: a member of a group that is named, or an administrator."""
    groups = settings.SECOND_FACTOR_GROUPS
    return bool(groups) and (user.is_superuser or user.groups.filter(name__in=groups).exists())


def is_missing(request):
    """Whether the user of `request` must have a second factor and has logged in without."""
    return DEVICE_ID_SESSION_KEY not in request.session and must_have(request.user)


def new_key():
    """Return a fresh key, 160 bits as hexadecimal digits (RFC 4226, section 4)."""
    return secrets.token_hex(20)


def spelt(key):
    """Return the `key` as it is typed into a device: base 32 in groups of four."""
    return " ".join(re.findall(".{4}", _base32(key)))


def address(key, user, issuer):
    """Return the address by which a device takes the `key` of `user`, under the name of the `issuer`."""
    issuer = issuer.replace(":", " ").strip()
    label = f"{issuer}:{user.get_username()}" if issuer else user.get_username()
    told = {"secret": _base32(key), "issuer": issuer, "digits": 6, "period": 30}
    return f"otpauth://totp/{quote(label)}?{urlencode(told, quote_via=quote)}"


def drawn(text):
    """Return (side, path): the QR code of `text` as the path of an SVG that is `side` units wide and high."""
    code = segno.make(text, error="m", micro=False)
    path = []
    for y, row in enumerate(code.matrix_iter(border=4)):
        x = 0
        for dark, run in itertools.groupby(row):
            length = len(list(run))
            if dark:
                path.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return code.symbol_size(border=4)[0], "".join(path)


@transaction.atomic
def set_up(user, key, code):
    """Give `user` the second factor with this `key` if `code` is what a device with it shows now.

    Return (device, recovery codes), or None when the code is another one.
    """
    get_user_model().objects.select_for_update().get(pk=user.pk)  # one after the other
    remove(user)
    device = TOTPDevice(user=user, name="", key=key, confirmed=True)
    device.save()
    if not device.verify_token(_bare(code)):
        device.delete()
        return None
    return device, new_recovery_codes(user)


@transaction.atomic
def new_recovery_codes(user):
    """Return ten codes with which `user` gets in once each; those there were before are void, and these told this once."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="", confirmed=True)
    codes = [_new_code() for _number in range(RECOVERY_CODES)]
    for code in codes:
        device.token_set.create(token=_kept(user, _bare(code)))
    return codes


@transaction.atomic
def verified(user, typed):
    """Return the device of `user` that gave the code they `typed`, or None; each code is good once."""
    typed = _bare(typed)
    devices, token = TOTPDevice, typed
    if not re.fullmatch(r"[0-9]{6}", typed):
        devices, token = StaticDevice, _kept(user, typed)
    for device in devices.objects.select_for_update().filter(user=user, confirmed=True):
        if device.verify_token(token):
            return device
    return None


def recovery_codes_left(user):
    """Return how many recovery codes `user` has not used."""
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


@transaction.atomic
def remove(user):
    """Take away the second factor of `user`, recovery codes too."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def end_sessions(user, but=None):
    """End every session of `user`, except the one with the key `but`."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in Session.objects.filter(expire_date__gt=tries.clock()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk) and session.session_key != but:
            store(session.session_key).delete()


def _base32(key):
    return base64.b32encode(bytes.fromhex(key)).decode()


def _new_code():
    """Return a recovery code of 50 bits, in two halves."""
    code = base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10]
    return f"{code[:5]}-{code[5:]}"


def _bare(typed):
    """Return a code as it was `typed` without what only makes it easier to read."""
    return re.sub(r"[\s-]", "", typed[:40]).lower()


def _kept(user, code):
    """Return what is stored of a recovery code: nobody who reads the database can get in with it."""
    return salted_hmac(f"recovery code of {user.pk}", code, algorithm="sha256").hexdigest()[:16]
