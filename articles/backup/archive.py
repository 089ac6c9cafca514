"""The one file: an uncompressed tar whose last member, the manifest, has the SHA-256 of each of the others."""

import hashlib
import io
import json
import os
import shutil
import tarfile
from contextlib import contextmanager
from pathlib import PurePosixPath

MANIFEST, FORMAT = "manifest.json", 1
_NEEDED = {"format": int, "members": dict, "database": str, "migrations": list, "damaged": list, "made_at": str}


class BackupError(Exception):
    """A backup can't be made or restored; says why, in words."""


class _Hashing:
    """A file, read, of which the SHA-256 is taken on the way."""

    def __init__(self, file):
        self.file, self.hash = file, hashlib.sha256()

    def read(self, size=-1):
        """Return the next bytes."""
        part = self.file.read(size)
        self.hash.update(part)
        return part


class Writer:
    """An archive being written to `path`, readable by its owner alone; synced at the end."""

    def __init__(self, path, at):
        self.path, self.at, self.members = path, at, {}

    def __enter__(self):
        opened = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.file = os.fdopen(opened, "wb")
        self.tar = tarfile.open(fileobj=self.file, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed below
        return self

    def __exit__(self, failed, *told):
        if not failed:
            self.tar.close()
            self.file.flush()
            os.fsync(self.file.fileno())
        self.file.close()

    def add(self, name, content):
        """Add the bytes `content` as `name`; return their SHA-256."""
        return self._add(name, io.BytesIO(content), len(content))

    def add_file(self, name, path):
        """Add the file at `path` as `name`; return its SHA-256."""
        with path.open("rb") as file:
            return self._add(name, file, path.stat().st_size)

    def _add(self, name, file, size):
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(self.at.timestamp())
        hashing = _Hashing(file)
        self.tar.addfile(member, hashing)
        self.members[name] = hashing.hash.hexdigest()
        return self.members[name]

    def finish(self, told):
        """Add the manifest, with what is `told` of the whole."""
        manifest = {"format": FORMAT, **told, "members": self.members}
        self.add(MANIFEST, json.dumps(manifest, indent=1).encode())


def checked(path):
    """Return the manifest of the archive at `path`, all of which has been read; raise BackupError when it isn't whole."""
    found, manifest = {}, None
    with _opened(path) as members:
        for name, file in members:
            if manifest is not None or name in found:
                raise BackupError(f"{path} is damaged: {name} is where nothing should be.")
            if name == MANIFEST:
                manifest = _understood(path, file.read())
                continue
            hashing = _Hashing(file)
            shutil.copyfileobj(hashing, _Nowhere(), 1 << 20)
            found[name] = hashing.hash.hexdigest()
    if manifest is None:
        raise BackupError(f"{path} is no whole backup: its end is missing.")
    listed = manifest["members"]
    wrong = sorted(name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name))
    if wrong:
        raise BackupError(f"{path} is damaged: what it holds as {', '.join(wrong[:3])} is not what was backed up.")
    return manifest


class _Nowhere:
    """Takes what is written to it nowhere."""

    def write(self, part):
        """Take `part`."""


def _understood(path, content):
    """Return the manifest that the JSON `content` spells."""
    try:
        manifest = json.loads(content)
    except ValueError as error:
        raise BackupError(f"{path} is damaged: its manifest can't be read.") from error
    known = isinstance(manifest, dict) and all(isinstance(manifest.get(key), kind) for key, kind in _NEEDED.items())
    if not known or manifest["format"] != FORMAT:
        raise BackupError(f"{path} is no backup that this version of the site can read.")
    return manifest


@contextmanager
def _opened(path):
    """Give the members of the archive at `path` as (name, file), each to be read before the next; raise BackupError for what is none."""
    try:
        with tarfile.open(path, "r|") as tar:
            yield ((_placed(path, member), tar.extractfile(member)) for member in tar)
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {path}.") from error
    except tarfile.ReadError as error:
        raise BackupError(f"{path} is no whole backup of this site ({error}).") from error
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{path} is damaged ({error}).") from error


def _placed(path, member):
    """Return the name of `member`; raise BackupError when it would lead elsewhere."""
    steps = PurePosixPath(member.name).parts
    if not member.isreg() or ".." in steps or steps[:1] == ("/",):
        raise BackupError(f"{path} is no backup of this site: {member.name} has no place in one.")
    return member.name


def extract(path, manifest, name, target):
    """Write the member `name` to the file `target`; raise BackupError when it isn't there or has changed since."""
    with _opened(path) as members, target.open("wb") as out:
        file = next((file for member, file in members if member == name), None)
        if file is None:
            raise BackupError(f"{path} holds no database.")
        hashing = _Hashing(file)
        shutil.copyfileobj(hashing, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    if hashing.hash.hexdigest() != manifest["members"][name]:
        raise BackupError(f"{path} is being changed.")


def contents(path, manifest, folder):
    """Yield (name, bytes) of each member in `folder`; raise BackupError when one has changed since."""
    with _opened(path) as members:
        for member, file in members:
            if member.startswith(folder):
                content = file.read()
                if hashlib.sha256(content).hexdigest() != manifest["members"].get(member):
                    raise BackupError(f"{path} is being changed.")
                yield member.removeprefix(folder), content
