"""A MariaDB server's folder on this machine: how it is made, and with which settings."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from ...errors import MiglabError
from ...home import home
from ..naming import OURS
from ..server import cluster, places
from .binaries import Server

#: The user that labs have. It may do everything with databases of labs, and see what the server
#: counts; root could write files and load programs.
ROLE = "miglab"
SOCKET = "mysql.sock"
_ALWAYS = {
    "skip-networking": "",
    "skip-name-resolve": "",
    "skip-log-bin": "",
    "skip-ssl": "",
    "local-infile": "OFF",
    # Counts for each table how many rows were written.
    "userstat": "ON",
    "performance-schema": "OFF",
    "event-scheduler": "OFF",
    "character-set-server": "utf8mb4",
    "collation-server": "utf8mb4_general_ci",
    "default-time-zone": "+00:00",
    "max-connections": "100",
    "max-allowed-packet": "256M",
    "key-buffer-size": "1M",
    "aria-pagecache-buffer-size": "2M",
    "innodb-buffer-pool-size": "16M",
    "innodb-buffer-pool-dump-at-shutdown": "OFF",
    "innodb-buffer-pool-load-at-startup": "OFF",
    "innodb-stats-persistent": "OFF",
    # Nothing here has to outlive a loss of power, but what was committed outlives a killed server.
    "innodb-flush-log-at-trx-commit": "2",
    # The system's cache keeps what is written, also for a killed server: nobody waits for the disk.
    "innodb-flush-method": "fsync",
}
#: Sizes and means that stay as they were when the data was made.
_MADE_WITH = {
    "innodb-log-file-size": "32M",
    "innodb-doublewrite": "OFF",
    "innodb-data-file-path": "ibdata1:3M:autoextend",
    "innodb-temp-data-file-path": "ibtmp1:1M:autoextend",
}
_ROLE = f"""
FLUSH PRIVILEGES;
CREATE USER '{ROLE}'@'localhost';
GRANT PROCESS ON *.* TO '{ROLE}'@'localhost';
GRANT ALL PRIVILEGES ON `{OURS.replace("_", chr(92) + "_")}%`.* TO '{ROLE}'@'localhost';
DELETE FROM mysql.global_priv WHERE User NOT IN ('{ROLE}', 'mariadb.sys');
FLUSH PRIVILEGES;
"""


@dataclass(frozen=True)
class Cluster(cluster.Cluster):
    """One MariaDB server of miglab's own."""

    programs: Server

    name = "MariaDB"
    broken = re.compile(
        r"InnoDB: (Database page corruption|Plugin initialization aborted|Missing|Corrupt)"
        r"|Unknown/unsupported storage engine|Can't open and lock privilege tables"
        r"|Fatal error: Can't open|Aria recovery failed|aria_log_control",
        re.I,
    )
    still = re.compile(r"Unable to lock|Can't lock aria control file|Another process")
    signals = ("SIGTERM", "SIGKILL")
    ready = ""
    hurried = True

    @property
    def socket(self) -> Path:
        """The path of the server's socket, in a folder of its own."""
        return self.sockets / SOCKET

    @property
    def pids(self) -> Path:
        """The path of the file with the server's process id, in its data folder."""
        return self.data / "pid"

    @property
    def temporary(self) -> Path:
        """The folder for the server's temporary tables. It is not shared, because a server that
        starts removes the temporary tables of all others in the same folder."""
        return self.folder / "tmp"

    @property
    def nothing(self) -> Path:
        """The only folder with files that SQL may read or write. It is outside the data folder,
        because a folder in there is a database."""
        return self.folder / "nothing"

    @property
    def command(self) -> list[str]:
        """The command that starts the server, which reads none of this machine's option files."""
        return [
            self.programs.server,
            "--no-defaults",
            f"--datadir={self.data}",
            f"--socket={self.socket}",
            f"--pid-file={self.pids}",
            f"--secure-file-priv={self.nothing}",
            f"--tmpdir={self.temporary}",
            *_options({**_ALWAYS, **_MADE_WITH}),
        ]

    def make(self) -> None:
        """Create the server's data, which takes a second.

        Raises:
            MiglabError: the data cannot be created.
            OSError: no space is left.
        """
        places.own(self.sockets)
        for folder in (self.temporary, self.nothing):
            folder.mkdir(mode=0o700, exist_ok=True)
            places.give(folder)
        if self.data.exists():
            return
        new = self.folder / "new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        places.give(new)
        options = ["--no-defaults", f"--datadir={new}", f"--tmpdir={self.temporary}"]
        self._run(
            self.programs.install,
            *options,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            *_options(_MADE_WITH),
        )
        bare = [*options, "--bootstrap", "--skip-networking", *_options(_MADE_WITH)]
        self._run(self.programs.server, *bare, says=_ROLE)
        os.replace(new, self.data)

    def _run(self, *command: str, says: str = "") -> None:
        done = self.run(*command, says=says)
        said = (done.stderr or done.stdout).strip().splitlines()
        if any("No space left" in line for line in said):
            raise OSError(28, os.strerror(28), str(self.folder))
        wrong = [line for line in said if "ERROR" in line]
        if done.returncode or wrong:
            told = " ".join((wrong or said)[-3:])
            raise MiglabError(f"no MariaDB server could be set up: {told}")


def cluster_for(programs: Server) -> Cluster:
    """The cluster of these programs. Its folder is made if needed; its data may still be
    missing."""
    major, minor = programs.version.numbers
    name = f"{major}.{minor}-{places.digest(Path(programs.server))}"
    folder = places.folder_in(home() / "mariadb", name)
    return Cluster(folder, places.sockets_of(folder, SOCKET), programs)


def _options(options: dict[str, str]) -> list[str]:
    return [f"--{name}={value}" if value else f"--{name}" for name, value in options.items()]
