"""What keeps a rehearsed project in its copy on this machine, as a probe inside found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``"enforced"`` by the operating system; ``"watched"`` by Python's audit hook alone, which C code
#: and other programs pass by; or ``"open"``.
Hold = Literal["enforced", "watched", "open"]


@dataclass(frozen=True)
class Protection:
    """What holds, kind by kind.

    Attributes:
        contents: of files and folders outside of the copy: written, made, removed, moved.
        metadata: their modes, owners, times and attributes.
        processes: signals to others, and processes that are left running.
        tcp: connections by TCP.
        other_sockets: UDP, and the sockets of other programs on this machine.
        by: ``"namespaces"``, ``"landlock"`` or ``"hook"``; ``"nothing"`` for a project that comes
            with miglab.
    """

    contents: Hold = "open"
    metadata: Hold = "open"
    processes: Hold = "open"
    tcp: Hold = "open"
    other_sockets: Hold = "open"
    by: str = "nothing"

    def __str__(self) -> str:
        """``"contents enforced, metadata watched, … (landlock)"``."""
        held = {
            "contents": self.contents,
            "metadata": self.metadata,
            "processes": self.processes,
            "TCP": self.tcp,
            "other sockets": self.other_sockets,
        }
        return f"{', '.join(f'{name} {hold}' for name, hold in held.items())} ({self.by})"


#: Where no jail is to be had: the audit hook sees no signals, and nothing that is left running.
HOOK = Protection("watched", "watched", "open", "watched", "watched", "hook")
