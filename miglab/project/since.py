"""Asks git which files a branch has added."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ..errors import BadInput

#: How long git may take for one answer, in seconds.
TIME_LIMIT = 120
#: Nothing is written, no daemon is started and nothing is fetched.
_GIT = ("git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
_QUIET = {"LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
#: What a git hook sets for its own repository: it need not be the project's.
_OF_A_HOOK = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
)


def added(root: Path, ref: str) -> frozenset[Path]:
    """The Python files, and all files in folders called ``migrations``, below ``root`` that did not
    exist yet in the last commit that ``ref`` and HEAD share. They were committed since, are staged,
    or are untracked and not ignored.

    Raises:
        BadInput: git is not installed, ``root`` is not in a repository, or git does not know
            ``ref``.
    """
    _ask(root, "rev-parse", "--show-toplevel")
    base = _shared(root, ref)
    here = _listed(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    before = _listed(root, "ls-tree", "-r", "-z", "--name-only", base)
    return frozenset(
        path
        for name in here - before
        if name.endswith(".py") or "migrations" in name.split("/")[:-1]
        if (path := root / name).is_file()
    )


def _shared(root: Path, ref: str) -> str:
    """The last commit that ``ref`` and HEAD share."""
    if not isinstance(ref, str) or "\0" in ref or not ref.isprintable():
        raise BadInput(f"{ref!r} is not a commit; give a branch, a tag or a commit as text")
    known = not ref.startswith("-") and _run(
        root, "rev-parse", "--verify", "--quiet", ref + "^{commit}"
    )
    if not known or known.returncode:
        branch = ref.removeprefix("origin/")
        raise BadInput(
            f"git does not know the commit {ref!r} in {root}; give a branch, a tag or a commit. "
            f"If you do not have the branch yet, run: git fetch origin "
            f"{branch}:refs/remotes/origin/{branch}, then give origin/{branch}"
        )
    done = _run(root, "merge-base", ref, "HEAD")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise BadInput(
            f"{ref!r} and HEAD have no commit in common in {root}{f' ({said})' if said else ''}; "
            "in a shallow clone, the common one may be missing: git fetch --unshallow gets it "
            "(in a GitHub workflow: fetch-depth: 0)"
        )
    return done.stdout.decode().split()[0]


def _listed(root: Path, *arguments: str) -> set[str]:
    return {os.fsdecode(name) for name in _ask(root, *arguments).split(b"\0") if name}


def _ask(root: Path, *arguments: str) -> bytes:
    done = _run(root, *arguments)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        if "not a git repository" in said:
            raise BadInput(
                f"{root} is not in a git repository, so miglab cannot find out which migrations "
                "a branch has added; give a folder in a repository, or name the app and the target"
            )
        raise BadInput(f"git {arguments[0]} failed in {root}: {said}")
    return done.stdout


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    try:
        return subprocess.run(
            [*_GIT, "-C", str(root), *arguments],
            env={**environment, **_QUIET},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except FileNotFoundError:
        raise BadInput(
            "the program git is not on the PATH; install it, or name the app and the target"
        ) from None
    except subprocess.TimeoutExpired:
        raise BadInput(
            f"git {arguments[0]} did not answer within {TIME_LIMIT} seconds in {root}"
        ) from None
