"""From nothing to a running site, and again without loss."""

import os
import secrets
import socket

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from articles import search
from articles.models import Article
from articles.transfer import starter

HOST = "127.0.0.1"


class Command(BaseCommand):
    """`manage.py quickstart`."""

    help = "Sets up the database, the starter publication and an editor's account, and serves the site."

    def add_arguments(self, parser):
        """Take the port, and --no-serve for scripts that serve by themselves."""
        parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default: 8000)")
        parser.add_argument("--no-serve", action="store_true", help="set everything up and stop")

    def handle(self, *args, port, no_serve, **options):
        """Set up what is missing, print where everything is, serve."""
        if not no_serve:
            refuse_taken(port)
        try:
            settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
            if not os.access(settings.DATA_DIR, os.W_OK):
                raise PermissionError(13, "Permission denied")
            call_command("migrate", verbosity=0, interactive=False)
            call_command("collectstatic", verbosity=0, interactive=False)
        except OSError as error:
            raise CommandError(f"The folder {settings.DATA_DIR} can't be written: {error}") from error
        except DatabaseError as error:
            where = settings.DATABASES["default"]["NAME"]
            raise CommandError(f"The database {where} can't be used: {' '.join(str(error).split())}") from error
        if search.is_empty() and Article.objects.exists():  # it was made by an earlier version
            call_command("rebuild", search=True, stdout=self.stdout)
        name_site(port)
        loaded = starter.load()
        password = make_editor()
        self.report(loaded, password, port)
        if not no_serve:
            serve(port)

    def report(self, loaded, password, port):
        """Say what was done and where to look."""
        site = f"http://{HOST}:{port}"
        write = self.stdout.write
        write(
            f"Starter publication: {loaded.themes} themes, {loaded.articles} articles and {loaded.pages} pages added."
        )
        write(f"  Site   {site}/")
        write(f"  Desk   {site}/admin/")
        write(f"  Feeds  {site}/feeds/  ({site}/feed.atom, {site}/feed.rss, {site}/feed.json)")
        if password:
            write(f"  Log in as editor with the password {password}  (shown this once)")
        else:
            write("  The account “editor” is as you left it; manage.py changepassword editor sets a new password.")
        self.stdout.flush()


def refuse_taken(port):
    """Raise CommandError when nothing can listen on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise CommandError(f"Port {port} can't be used ({error}); choose another with --port.") from error


def name_site(port):
    """Give the site its name and address, unless somebody has already; a local address follows the port."""
    site = Site.objects.filter(pk=settings.SITE_ID)
    site.filter(domain="example.com").update(name=starter.NAME, domain=f"{HOST}:{port}")
    site.filter(domain__startswith=f"{HOST}:").update(domain=f"{HOST}:{port}")


def make_editor():
    """Make the first account, if there is none; return its password, or None."""
    users = get_user_model().objects
    if users.exists():
        return None
    password = secrets.token_urlsafe(12)
    users.create_superuser("editor", password=password)
    return password


def serve(port):
    """Serve with granian until stopped."""
    from granian import Granian  # here, for the other commands must not load a server
    from granian.constants import Interfaces

    Granian(
        "relations_site.wsgi:application",
        address=HOST,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=4,
        log_level="warning",
        respawn_failed_workers=True,
    ).serve()
