"""Starts the agent from its folder, under a name of its own."""

import gc
import importlib
import importlib.util
import os
import sys


def start() -> None:
    """Load this folder as the package ``miglab_agent`` and serve."""
    # What is imported stays, and a job is short: there is little garbage to look for.
    gc.set_threshold(50000)
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [each for each in sys.path if os.path.abspath(each or os.curdir) != here]
    spec = importlib.util.spec_from_file_location(
        "miglab_agent", os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    if spec is None or spec.loader is None:
        raise SystemExit("the agent's folder %r cannot be loaded" % here)
    module = importlib.util.module_from_spec(spec)
    sys.modules["miglab_agent"] = module
    spec.loader.exec_module(module)
    # What is compiled here is miglab's own, and may be stored whatever holds for the project.
    sys.dont_write_bytecode, wanted = False, sys.dont_write_bytecode
    serve = importlib.import_module("miglab_agent.serving.serve")
    sys.dont_write_bytecode = wanted
    serve.main()


if __name__ == "__main__":
    start()
