"""Starts the launcher from its folder, under a name of its own."""

import importlib
import importlib.util
import os
import sys


def start() -> None:
    """Load this folder as the package ``miglab_jail`` and launch."""
    here = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        "miglab_jail", os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    if spec is None or spec.loader is None:
        raise SystemExit("the launcher's folder %r cannot be loaded" % here)
    module = importlib.util.module_from_spec(spec)
    sys.modules["miglab_jail"] = module
    spec.loader.exec_module(module)
    importlib.import_module("miglab_jail.launch").main()


if __name__ == "__main__":
    start()
