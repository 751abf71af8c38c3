"""All checks of this checkout, one after the other: ``python dev.py test``."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from .notebooks import AT_ONCE, CELLS, COMPARING
from .plain.engines import PLAIN

ROOT = Path(__file__).resolve().parents[1]


def checks(long: bool) -> dict[str, tuple[str, ...]]:
    """What each check is called, and the command that makes it."""
    python = sys.executable
    return {
        "format": (python, "-m", "ruff", "format", "--check", "."),
        "lint": (python, "-m", "ruff", "check", "."),
        "types": (python, "-m", "mypy"),
        "imports": (str(Path(python).with_name("lint-imports")),),
        "tests": (python, "-m", "pytest", *AT_ONCE, *(("--long",) if long else ())),
        "notebooks": (python, "-m", "pytest", "--nbval", *AT_ONCE, *CELLS, *left_out()),
    }


def left_out() -> list[str]:
    """Says of notebooks that compare databases why they are not run: one is not installed. With
    ``CI`` set, they run and fail."""
    missing = [each.absent() for each in PLAIN.values() if each.absent()]
    if not missing or os.environ.get("CI"):
        return []
    print(*(f"skipped: {COMPARING} ({why})" for why in missing), sep="\n")
    return [f"--ignore={COMPARING}"]


def main() -> int:
    """Make them all, and say at the end how each went; the exit status."""
    parser = argparse.ArgumentParser(prog="dev.py test", description=__doc__)
    parser.add_argument("--long", action="store_true")
    results = []
    for title, command in checks(parser.parse_args().long).items():
        print(f"\n=== {title}: {' '.join(command[1:]) or command[0]}", flush=True)
        began = time.monotonic()
        failed = subprocess.run(command, cwd=ROOT).returncode
        took = time.monotonic() - began
        results.append((failed, f"{'FAILED' if failed else 'ok':<8}{title:<12}{took:6.1f} s"))
    print("\n=== summary", *(line for _, line in results), sep="\n")
    return 1 if any(failed for failed, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main())
