"""Runs the commands for this checkout; needs only the standard library. See ``--help``."""

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

# Older Pythons read this file too, so it is written in the syntax of 3.6.
if sys.version_info < (3, 11):  # noqa: UP036
    found = ".".join(map(str, sys.version_info[:3]))
    print(f"miglab needs Python 3.11 or newer; this is Python {found}.", file=sys.stderr)
    sys.exit(2)

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
LESSONS = ROOT / "notebooks"
WORK = ROOT / "my-work"

#: Variables that would lead Python, pip or Jupyter out of .venv, or keep Python from writing
#: bytecode there. Without bytecode, every kernel and every test compiles miglab again.
FOREIGN = {
    "CONDA_PREFIX",
    "JUPYTERLAB_DIR",
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_PATH",
    "PIP_CONSTRAINT",
    "PIP_PREFIX",
    "PIP_REQUIREMENT",
    "PIP_ROOT",
    "PIP_TARGET",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "__PYVENV_LAUNCHER__",
}


class Stop(Exception):
    """Ends the command; the message is for the person who typed the command."""


# --- .venv, made from requirements.lock


def programs() -> Path:
    """Where .venv keeps its programs."""
    return VENV / ("Scripts" if os.name == "nt" else "bin")


def python() -> Path:
    """The interpreter of .venv."""
    return programs() / ("python.exe" if os.name == "nt" else "python")


def environment() -> dict[str, str]:
    """This process's variables, with .venv first and nothing that leads out of it."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    own = {
        "PATH": os.pathsep.join([str(programs()), kept.get("PATH", os.defpath)]),
        "VIRTUAL_ENV": str(VENV),
        "PYTHONNOUSERSITE": "1",
        "PYTHONIOENCODING": kept.get("PYTHONIOENCODING", "utf-8"),
        "PIP_USER": "0",
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    return {**kept, **own}


def wanted() -> dict[str, str]:
    """The stamp that a complete .venv has: for this Python, this place and these versions."""
    content = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return {
        "python": f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}",
        "place": str(ROOT),
        "versions": hashlib.sha256(content).hexdigest(),
    }


def setup() -> None:
    """Make .venv, or bring it up to date. If it is up to date already, do nothing."""
    stamp, want = VENV / "miglab-stamp.json", wanted()
    have = read_object(stamp)
    if have == want and python().exists():
        return
    began = time.monotonic()
    if {**have, "versions": want["versions"]} != want or not python().exists():
        make_venv()
    # A .venv without a stamp is half-made, and made again.
    stamp.unlink(missing_ok=True)
    total = LOCK.read_text(encoding="utf-8").count("==")
    print(f"Installing what {LOCK.name} lists. This is done once and takes about a minute.")
    # The locked pip comes first: those that come with Python take 50% longer.
    first = VENV / "pip.lock"
    first.write_text(lock_entry("pip"), encoding="utf-8")
    for lock in (first, LOCK):
        pip(["--no-deps", "--require-hashes", "-r", str(lock)], total)
    print("Installing miglab itself, from here.", flush=True)
    pip(["--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)], 1)
    write_object(stamp, want)
    print(f"Ready after {time.monotonic() - began:.0f} seconds.\n", flush=True)


def lock_entry(name: str) -> str:
    """The lines of the lock about one package: its version and its hashes."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next(number for number in range(start, len(lines)) if not lines[number].endswith("\\"))
    return "\n".join(lines[start : end + 1])


def make_venv() -> None:
    """Make a new .venv, in place of whatever is there."""
    if VENV.is_symlink() or VENV.exists():
        print(f"Removing {VENV.name}: it is not complete, or not for this Python or this place.")
        try:
            shutil.rmtree(VENV) if VENV.is_dir() and not VENV.is_symlink() else VENV.unlink()
        except OSError as error:
            raise Stop(f"Could not remove {VENV}; close what still uses it. {error}") from None
    print(f"Making {VENV.name} with Python {sys.version.split()[0]}.", flush=True)
    # In an active environment, this is the Python that the environment was made with.
    base = getattr(sys, "_base_executable", None) or sys.executable
    command = [base, "-I", "-m", "venv", str(VENV)]
    done = subprocess.run(
        command,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        why = "."
        if "ensurepip" in done.stdout:
            why = (
                ": this Python lacks a part of its venv module. On Debian and Ubuntu that is the "
                "package python3-venv; a Python from python.org, conda or uv has it."
            )
        raise Stop(f"Could not make {VENV}{why} It said:\n{last_lines(done.stdout)}")


def pip(arguments: list[str], total: int) -> None:
    """Install with pip, and show the progress. If pip fails, the error shows its last lines."""
    command = [str(python()), "-m", "pip", "install", "--no-input", "--progress-bar=off"]
    process = subprocess.Popen(
        [*command, "--disable-pip-version-check", *arguments],
        cwd=str(ROOT),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    said, seen = "", 0
    with process:
        for line in process.stdout:
            said += line
            if line.startswith(("Collecting ", "Processing ", "Requirement already satisfied")):
                seen += 1
                progress(f"  package {seen} of about {total}", seen % 25 == 0)
            elif line.startswith("Installing collected") and seen > 1:
                progress("  unpacking", True)
    progress("", False)
    if process.returncode:
        raise Stop(
            f"pip could not install this{why_pip_failed(said)}. It said:\n{last_lines(said)}"
        )


def why_pip_failed(said: str) -> str:
    """The likely reason, as the end of a sentence."""
    reasons = {
        "No space left on device": "the disk is full",
        "DO NOT MATCH THE HASHES": "a download is not the file that the lock names",
        "ConnectionError": "no package index could be reached (no network?)",
        "Max retries exceeded": "no package index could be reached (no network?)",
        "connection broken by": "no package index could be reached (no network?)",
        "(from versions: none)": "no package index could be reached (no network?)",
    }
    return next((f": {reason}" for sign, reason in reasons.items() if sign in said), "")


def last_lines(said: str) -> str:
    """The last lines of a program's output, indented."""
    return "\n".join(f"  {line[:200]}" for line in said.rstrip().splitlines()[-8:])


def progress(text: str, milestone: bool) -> None:
    """Print the progress: in a terminal, on one line, again and again; elsewhere, only
    milestones."""
    if sys.stdout.isatty():
        print(f"\r{text:<60}\r{text}", end="", flush=True)
    elif milestone:
        print(text, flush=True)


def read_object(path: Path) -> dict:
    """The JSON object in this file; an empty object if there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_object(path: Path, content: dict) -> None:
    """Write a JSON object in one step: the file has either the old content or all of the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    half = path.with_name(path.name + ".half")
    half.write_text(text, encoding="utf-8", newline="\n")
    half.replace(path)


# --- the commands


def lab(arguments: argparse.Namespace) -> int:
    """Open JupyterLab on the learner's copy."""
    lesson = [arguments.lesson] if arguments.lesson else []
    return door("lab", *lesson, "--folder", str(WORK), *served(arguments))


def app(arguments: argparse.Namespace) -> int:
    """Serve the explorer as a page of its own."""
    return door("app", *([arguments.path] if arguments.path else []), *served(arguments))


def served(arguments: argparse.Namespace) -> list[str]:
    """The options for the server that were typed, in the form that ``miglab`` takes."""
    port = ["--port", str(arguments.port)] if arguments.port is not None else []
    return [*port, "--no-browser"] if arguments.no_browser else port


def door(*command: str) -> int:
    """Run ``miglab`` as people run it who installed it, and return its exit status when it ends."""
    setup()
    # It runs in the current folder, not in ROOT: typed paths are relative to the current folder.
    server = subprocess.Popen([str(python()), "-P", "-m", "miglab", *command], env=environment())
    # Ctrl-C is for the server, which asks whether it is meant.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: server.terminate())
    return server.wait()


def test(arguments: argparse.Namespace) -> int:
    """Run all checks, or pytest alone with the arguments given."""
    setup()
    long = ("--long",) if arguments.long else ()
    whole = ("-m", "tests") if not arguments.rest else ("-m", "pytest", *arguments.rest)
    return run(*whole, *long)


def record(arguments: argparse.Namespace) -> int:
    """Run notebooks again, and store their outputs."""
    setup()
    check = ["--check"] if arguments.check else []
    chosen = [str(Path(each).resolve()) for each in arguments.notebooks]
    failed = run("tests/notebooks/record.py", *check, *(chosen or [str(LESSONS)]))
    return failed or (0 if check else run("tests/notebooks/contents.py"))


def newest(arguments: argparse.Namespace) -> int:
    """Run the lessons with the newest Django."""
    setup()
    chosen = ["--python", arguments.python] if arguments.python else []
    return run("-m", "tests.notebooks.newest", *chosen)


def bench(arguments: argparse.Namespace) -> int:
    """Run the benchmarks."""
    setup()
    return run("-m", "benchmarks", *arguments.rest)


def run(*arguments: str) -> int:
    """Run the Python of .venv with these arguments, and return its exit status."""
    return subprocess.run([str(python()), *arguments], cwd=str(ROOT), env=environment()).returncode


class Parser(argparse.ArgumentParser):
    """Prints the whole help before each error."""

    def error(self, message: str) -> None:
        self.print_help(sys.stderr)
        self.exit(2, f"\n{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """The parser for the commands and their arguments."""
    whole = Parser(prog="dev.py", description=__doc__.replace("``", ""))
    commands = whole.add_subparsers(title="commands", metavar="command", required=True)

    def add(name: str, does: str, function: object) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=does, description=does[0].upper() + does[1:] + ".")
        command.set_defaults(function=function)
        return command

    add("setup", "make .venv; every other command does it too", lambda arguments: setup() or 0)
    one = add("lab", "open JupyterLab on your own copy of the lessons, in my-work/", lab)
    one.add_argument("lesson", nargs="?", help="which one to open, as in 03 or revert")
    page = add("app", "open the explorer as a page of its own, without a notebook", app)
    page.add_argument("path", nargs="?", help="your project; without it, the practice project")
    for command in (one, page):
        command.add_argument("--no-browser", action="store_true", help="only print the address")
        command.add_argument("--port", type=int, help="the port to listen on")
    one = add("test", "run all checks and tests; with arguments, pytest alone with them", test)
    one.add_argument("--long", action="store_true", help="also run what is too slow for every run")
    one = add("record", "run the notebooks again, and store and compare their outputs", record)
    one.add_argument("notebooks", nargs="*", help="which ones; without any, all of them")
    one.add_argument("--check", action="store_true", help="compare only, store nothing")
    one = add("newest", "run the lessons with the newest Django, in .venv-newest", newest)
    one.add_argument("--python", help="the interpreter for it: Python 3.12 or newer")
    add("bench", "measure what must be fast; arguments are for the benchmarks", bench)
    return whole


def understood(typed: list[str] | None = None) -> argparse.Namespace:
    """The arguments that were typed. ``rest`` is what ``test`` and ``bench`` pass on."""
    whole = parser()
    arguments, rest = whole.parse_known_args(typed)
    if rest and arguments.function not in (test, bench):
        whole.error(f"unrecognized arguments: {' '.join(rest)}")
    arguments.rest = rest
    return arguments


def main() -> int:
    """Run the command that was typed, and return the exit status."""
    arguments = understood()
    try:
        return arguments.function(arguments)
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
    except OSError as error:
        print(f"\n{error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
