"""The door of the desk: Django's admin with a login that is throttled and may have two steps."""

import functools

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..middleware import send_again
from ..models import AuditEntry, audit, tries
from . import factor, pages, throttle

Act = AuditEntry.Act
# What somebody reaches who must have a second factor and has none.
OPEN = {"second_factor", "logout", "jsi18n"}
METHODS = ("GET", "HEAD", "POST")  # Django's forms take a PUT for a POST
STAMP = 600  # seconds of use after which a session is written again, that its idle time may begin anew


class LoginForm(AdminAuthenticationForm):
    """Asks for name and password; as long and in the same words for accounts that aren't there.

    Raises `throttle.TooMany` before anything is hashed.
    """

    def clean(self):
        """Check the password, if it may be tried."""
        name = self.cleaned_data.get("username")
        if name is None or not self.cleaned_data.get("password"):
            return super().clean()
        with throttle.hashing():
            well = throttle.begin(throttle.password_of(self.request, name))
            try:
                cleaned = super().clean()
            except ValidationError:
                AuditEntry.objects.record(Act.BAD_LOGIN, by=called(name))
                raise
        well()
        return cleaned


def called(name):
    """Return the user called `name`, or None: a name that nobody has may be a password in the wrong place."""
    return get_user_model().objects.filter(username=name).first() if name and "\0" not in name else None


class Login(LoginView):
    """Logs in, or leads to the second step."""

    form_class = LoginForm
    template_name = "admin/login.html"

    def form_valid(self, form):
        """Log in whose password alone does."""
        user = form.get_user()
        if factor.has(user):
            return pages.begin_second_step(self.request, user)
        with transaction.atomic():
            response = super().form_valid(form)
            AuditEntry.objects.record(Act.LOGIN, by=user)
        return response


class PasswordForm(PasswordChangeForm):
    """Asks for the old password first, which may not be tried without end either."""

    required_css_class = "required"

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self):
        """Check the old password, if it may be tried."""
        with throttle.hashing():
            well = throttle.begin(throttle.password_of(self.request, self.user.get_username()))
            old = super().clean_old_password()
        well()
        return old


class PasswordChange(PasswordChangeView):
    """Changes one's own password, which ends every other session."""

    form_class = PasswordForm

    def get_form_kwargs(self):
        """Return what the form is made with."""
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form):
        """Store the new password."""
        with transaction.atomic():
            response = super().form_valid(form)
            AuditEntry.objects.record(Act.PASSWORD, self.request.user)
        return response


def refusing(view):
    """Return the method `view` with the page that says so where something was tried too often.

    What it records in the audit log comes from where the request does.
    """

    @functools.wraps(view)
    def inner(self, request, *args, **kwargs):
        with audit.acting(request.user, throttle.trace(request)):
            try:
                return view(self, request, *args, **kwargs)
            except throttle.TooMany as refused:
                if refused.is_news():
                    tried = called(request.POST.get("username", "")) or pages.halfway(request)
                    AuditEntry.objects.record(Act.THROTTLED, by=tried)
                return pages.too_many(request, refused)

    return inner


class Desk(AdminSite):
    """The desk."""

    def get_urls(self):
        """Return the admin's addresses, and those of the second factor."""
        return [
            path("login/code/", self.second_step, name="second_step"),
            path("second-factor/", self.admin_view(self.second_factor), name="second_factor"),
            path("second-factor/colleagues/", self.admin_view(self.second_factors), name="second_factors"),
            path("r/<int:content_type_id>/<path:object_id>/", self.admin_view(self.on_site), name="view_on_site"),
            *(address for address in super().get_urls() if getattr(address, "name", "") != "view_on_site"),
        ]

    @method_decorator(require_http_methods(METHODS))
    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    @refusing
    def login(self, request, extra_context=None):
        """Log in, or lead to the second step."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
        }
        if "next" not in request.GET and "next" not in request.POST:
            context["next"] = reverse("admin:index")
        return Login.as_view(extra_context=context)(request)

    @refusing
    def password_change(self, request, extra_context=None):
        """Change one's own password."""
        context = {**self.each_context(request), **(extra_context or {})}
        done = reverse("admin:password_change_done")
        return PasswordChange.as_view(success_url=done, extra_context=context)(request)

    @method_decorator(require_http_methods(METHODS))
    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    @refusing
    def second_step(self, request):
        """Ask for the code after the password."""
        return pages.second_step(request)

    def on_site(self, request, content_type_id, object_id):
        """Lead to the page of a row that the user may see; of others not even the address is told."""
        model = get_object_or_404(ContentType, pk=min(content_type_id, 2**31 - 1)).model_class()
        desk = self._registry.get(model)
        row = desk and desk.get_object(request, object_id)
        if row is None or not desk.has_view_permission(request, row) or not hasattr(row, "get_absolute_url"):
            raise Http404
        return HttpResponseRedirect(row.get_absolute_url())

    @refusing
    def second_factor(self, request):
        """Show, set up and change one's own second factor."""
        return pages.own(request)

    @refusing
    def second_factors(self, request):
        """Show colleagues' second factors, and reset one."""
        return pages.colleagues(request)

    def admin_view(self, view, cacheable=False):
        """As Django's; without a second factor that must be had, nothing but the page that sets it up."""

        @functools.wraps(view)
        def inner(request, *args, **kwargs):
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            if request.resolver_match.url_name not in OPEN and factor.is_missing(request):
                return lead_to_set_up(request)
            with audit.acting(request.user, throttle.trace(request)):
                response = view(request, *args, **kwargs)
            stay(request, response)
            return response

        return super().admin_view(inner, cacheable)


def lead_to_set_up(request):
    """Lead to the page that sets a second factor up; what was posted comes back to be sent again."""
    address = reverse("admin:second_factor")
    if request.method == "POST":
        return send_again(request, _("The desk wants a second factor of you first."), first=address)
    return HttpResponseRedirect(address)


def stay(request, response):
    """Have the session of a user who is at work end later: its idle time begins with the last time it is written.

    A page that asks by itself (its response says so) keeps nobody logged in.
    """
    if not request.user.is_authenticated or getattr(response, "by_itself", False):
        return
    now, session = int(tries.clock().timestamp()), request.session
    if now - session.get("seen", 0) < STAMP:
        return
    alone = not session.modified
    session["seen"] = now
    if alone:
        try:
            session.save()
        except (DatabaseError, UpdateError):
            session.modified = False  # full, locked, or logged out meanwhile: the page is worth more than the note
