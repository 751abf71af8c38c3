"""Guards the interpreters that a project starts in its copy, as this one is guarded.

They are told by their environment, which the programs in between pass on: ``sitecustomize`` of the
folder ``child`` runs before any code of the project. An interpreter that would not run it is not
started.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any, Dict, List, Mapping, Optional, Sequence

from . import permits
from .limit import Limit

#: The environment variable that has a place and the folder for code, as JSON.
VARIABLE = "MIGLAB_GUARD"
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "child")

_PYTHON = re.compile(r"(python|pypy)[0-9.]*w?(\.exe)?", re.IGNORECASE)
#: Options with which Python takes nothing from its environment, or leaves sitecustomize out.
_DEAF = set("IES")
#: Options whose value is the next word, or the rest of this one.
_WITH_VALUE = "cmWXQ"


def hand_on(config: Dict[str, Any]) -> None:
    """From now on, interpreters that this process starts are guarded as this process is."""
    names = ("root", "folder", "databases", "engines", "own", "code")
    os.environ[VARIABLE] = json.dumps({name: config[name] for name in names})
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    others = [each for each in known if each and each != FOLDER]
    os.environ["PYTHONPATH"] = os.pathsep.join([FOLDER, *others])


def unguarded(words: Sequence[str], environment: Any = None) -> Optional[Limit]:
    """The limit that applies to starting a program with these words, if it is an interpreter that
    would not be guarded."""
    if not words or not is_python(words[0]):
        return None
    deaf = [each for each in options(words[1:]) if _DEAF & set(each)]
    if deaf:
        do = "start it without %s: then miglab can guard it" % " ".join(deaf)
    elif not _hands_on(environment):
        do = "pass on the variables PYTHONPATH and %s: then miglab can guard it" % VARIABLE
    else:
        return None
    return Limit("program-stopped", "start the program %s" % permits.shown(words), do)


def is_python(program: str) -> bool:
    """Whether a program is an interpreter of Python, or a link to this one."""
    if _PYTHON.fullmatch(os.path.basename(program)):
        return True
    return os.path.realpath(program) == os.path.realpath(sys.executable)


def options(words: Sequence[str]) -> List[str]:
    """The options on a command line of Python, without their values, up to the program that Python
    runs.

    >>> options(["-Es", "-W", "error", "-Xdev", "-c", "print()", "-I"])
    ['-Es', '-W', '-X', '-c']
    """
    found = []
    waiting = iter(words)
    for word in waiting:
        if not word.startswith("-") or word in ("-", "--"):
            break
        if word.startswith("--"):
            continue
        valued = next((n for n, each in enumerate(word) if n and each in _WITH_VALUE), None)
        if valued is None:
            found.append(word)
            continue
        found.append(word[: valued + 1])
        if word[valued] in "cm":
            break
        if len(word) == valued + 1:
            next(waiting, None)
    return found


def is_own_worker(words: Sequence[str]) -> bool:
    """Whether these are the words with which multiprocessing starts one of its own processes."""
    if len(words) < 3 or not is_python(words[0]) or "-c" not in words:
        return False
    code = words[words.index("-c") + 1 :]
    return bool(code) and code[0].startswith("from multiprocessing.")


def _hands_on(environment: Any) -> bool:
    """Whether an interpreter with this environment runs the ``sitecustomize`` of ``child``. It may
    be a mapping, or what ``execve`` takes."""
    if environment is None:
        environment = os.environ
    if not isinstance(environment, Mapping):
        pairs = (os.fsdecode(each).partition("=") for each in environment)
        environment = {name: value for name, _, value in pairs}
    found = {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}
    first = found.get("PYTHONPATH", "").split(os.pathsep)[0]
    return first == FOLDER and found.get(VARIABLE) == os.environ.get(VARIABLE)
