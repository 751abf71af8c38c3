"""Starts the launcher. It is run as a file, because Python imports much more to run a folder."""

import os
import sys


def start() -> None:
    """Load this folder as the package ``jail`` and launch."""
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # Last, so that nothing in it can hide a module of the standard library.
    sys.path.append(above)
    __import__("jail.launch", fromlist=["main"]).main()


if __name__ == "__main__":
    start()
