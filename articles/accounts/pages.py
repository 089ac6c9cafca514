"""The pages of the door: too many tries, the second step, one's own second factor, and those of colleagues."""

import datetime
import math

import django_otp
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth import login as log_in
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_totp.models import TOTPDevice

from ..models import AuditEntry, tries
from . import factor, throttle

Act = AuditEntry.Act
FIRST_STEP, KEY = "first_step", "second_factor_key"
PATIENCE = datetime.timedelta(minutes=10)  # between both steps
BACKEND = "django.contrib.auth.backends.ModelBackend"
WRONG_PASSWORD = gettext_lazy("That is not your password.")
WRONG = gettext_lazy("That code is not right, or it was used already. Wait for the next one and try again.")


def page(request, name, title, status=200, **context):
    """Return the page `name` of the door, with what surrounds it."""
    surroundings = admin.site.each_context(request)
    return render(request, f"admin/accounts/{name}.html", {**surroundings, "title": title, **context}, status=status)


def too_many(request, refused):
    """Return the page (429) that says when to try again, and that nothing typed elsewhere is lost."""
    seconds = max(1, math.ceil(refused.wait.total_seconds()))
    context = {
        "why": refused.why,
        "until": refused.until,
        "minutes": math.ceil(seconds / 60),
        "again": request.get_full_path(),
    }
    response = page(request, "too_many", _("Too many tries"), 429, **context)
    response.headers["Retry-After"] = str(seconds)
    return response


# Between both steps ---------------------------------------------------------------------------------------------------


def begin_second_step(request, user):
    """Remember that `user` gave their password, and lead to the page that asks for the code."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    request.session.cycle_key()
    request.session[FIRST_STEP] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": tries.clock().timestamp(),
        "next": wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "",
    }
    return HttpResponseRedirect(reverse("admin:second_step"))


def halfway(request):
    """Return the user of the first step, if there was one."""
    done = _first_step(request)
    return done and done[0]


def _first_step(request):
    """Return (user, where they want to go) when the password was given a moment ago and is still the same, or None."""
    done = request.session.get(FIRST_STEP)
    if not done or tries.clock().timestamp() - done["at"] > PATIENCE.total_seconds():
        return None
    user = get_user_model().objects.filter(pk=done["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), done["hash"]):
        return None
    return user, done["next"]


@sensitive_post_parameters("code")
def second_step(request):
    """Ask for the code, and log in who gives the right one."""
    done = _first_step(request)
    if done is None:
        return HttpResponseRedirect(reverse("admin:login"))
    user, wanted = done
    problem = ""
    if request.method == "POST":
        device = _tried(request, user)
        if device:
            with transaction.atomic():
                del request.session[FIRST_STEP]
                log_in(request, user, backend=BACKEND)
                django_otp.login(request, device)
                AuditEntry.objects.record(Act.LOGIN, by=user)
            _tell_what_is_left(request, device)
            return HttpResponseRedirect(wanted or reverse("admin:index"))
        problem = WRONG
    return page(request, "second_step", _("Second step"), problem=problem, username=user.get_username())


def _tried(request, user):
    """Return the device of `user` that gave the code in `request`, or None; raise `TooMany`."""
    well = throttle.begin(throttle.code_of(request, user))
    device = factor.verified(user, request.POST.get("code", ""))
    if device:
        well()
        throttle.know(request, user)
    else:
        AuditEntry.objects.record(Act.BAD_CODE, by=user)
    return device


def _tell_what_is_left(request, device):
    if isinstance(device, TOTPDevice):
        return
    left = factor.recovery_codes_left(request.user)
    told = ngettext(
        "You used a recovery code: %(left)d is left.", "You used a recovery code: %(left)d are left.", left
    ) % {"left": left}
    messages.warning(request, told)


# One's own ------------------------------------------------------------------------------------------------------------


def _knows_password(request):
    """Whether the user's password came with `request`: a session left open must not be enough. Raise `TooMany`."""
    with throttle.hashing():
        well = throttle.begin(throttle.password_of(request, request.user.get_username()))
        right = request.user.check_password(request.POST.get("password", ""))
    if right:
        well()
    else:
        AuditEntry.objects.record(Act.BAD_LOGIN, by=request.user)
    return right


@sensitive_post_parameters("code", "password")
def own(request):
    """Show the user's second factor, or set it up; change it with the password and a code."""
    if factor.has(request.user):
        return _changed(request) if request.method == "POST" else _standing(request)
    key = request.session.get(KEY)
    if key is None:
        key = request.session[KEY] = factor.new_key()
    problem = wrong = ""
    if request.method == "POST" and not _knows_password(request):
        wrong = WRONG_PASSWORD
    elif request.method == "POST":
        with transaction.atomic():
            made = factor.set_up(request.user, key, request.POST.get("code", ""))
            if made:
                AuditEntry.objects.record(Act.FACTOR_SET, request.user)
        if made:
            device, codes = made
            del request.session[KEY]
            request.session.cycle_key()
            factor.end_sessions(request.user, but=request.session.session_key)
            django_otp.login(request, device)
            return _codes(request, codes)
        problem = _("That code is not right. If it goes on, look whether the clock of your device is.")
    side, path = factor.drawn(factor.address(key, request.user, request.publication.name))
    context = {"side": side, "path": path, "spelt": factor.spelt(key), "must": factor.must_have(request.user)}
    return page(request, "set_up", _("Set up a second factor"), problem=problem, wrong=wrong, **context)


def _standing(request, problem="", wrong=""):
    context = {"left": factor.recovery_codes_left(request.user), "must": factor.must_have(request.user)}
    return page(request, "second_factor", _("Your second factor"), problem=problem, wrong=wrong, **context)


def _changed(request):
    """Answer a wish to have new recovery codes, or to have no second factor any more."""
    wish = request.POST.get("wish")
    if wish not in {"codes", "remove"}:
        return _standing(request)
    if not _knows_password(request):
        return _standing(request, wrong=WRONG_PASSWORD)
    if not _tried(request, request.user):
        return _standing(request, WRONG)
    if wish == "codes":
        with transaction.atomic():
            codes = factor.new_recovery_codes(request.user)
            AuditEntry.objects.record(Act.CODES, request.user)
        return _codes(request, codes)
    with transaction.atomic():
        factor.remove(request.user)
        AuditEntry.objects.record(Act.FACTOR_REMOVED, request.user)
    request.session.pop(django_otp.DEVICE_ID_SESSION_KEY, None)
    request.session.cycle_key()
    factor.end_sessions(request.user, but=request.session.session_key)
    messages.success(request, _("Your second factor was removed."))
    return HttpResponseRedirect(reverse("admin:second_factor"))


def _codes(request, codes):
    return page(request, "recovery_codes", _("Recovery codes"), codes=codes)


# Those of colleagues --------------------------------------------------------------------------------------------------


@sensitive_post_parameters("password")
def colleagues(request):
    """Show administrators who has a second factor; take one away that was lost."""
    if not request.user.is_superuser:
        raise PermissionDenied
    users = get_user_model().objects.filter(is_staff=True, is_active=True).order_by("username")
    wrong = ""
    if request.method == "POST":
        user = get_object_or_404(users.exclude(pk=request.user.pk), pk=_number(request.POST.get("user", "")))
        if not _knows_password(request):
            wrong = WRONG_PASSWORD
    if request.method == "POST" and not wrong:
        with transaction.atomic():
            factor.remove(user)
            factor.end_sessions(user)
            AuditEntry.objects.record(Act.FACTOR_RESET, user)
        messages.success(request, _("%s has no second factor now, and is logged out everywhere.") % user)
        return HttpResponseRedirect(reverse("admin:second_factors"))
    devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    rows = users.annotate(has_one=Exists(devices)).prefetch_related("groups")
    return page(request, "colleagues", _("Second factors"), rows=rows, wrong=wrong)


def _number(text):
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
