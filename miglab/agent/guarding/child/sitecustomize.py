"""Runs first in each interpreter that a project starts in its copy, and guards it; then hands over
to the project's own module of this name."""

import importlib
import importlib.util
import os
import sys


def _guard() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [each for each in sys.path if os.path.abspath(each or os.curdir) != here]
    agent = os.path.dirname(os.path.dirname(here))
    spec = importlib.util.spec_from_file_location(
        "miglab_agent", os.path.join(agent, "__init__.py"), submodule_search_locations=[agent]
    )
    if spec is None or spec.loader is None:
        raise ImportError("the agent's folder %r cannot be loaded" % agent)
    module = importlib.util.module_from_spec(spec)
    sys.modules["miglab_agent"] = module
    spec.loader.exec_module(module)
    importlib.import_module("miglab_agent.guarding.started").begin()


def _hand_over() -> None:
    own = sys.modules.pop(__name__)
    try:
        importlib.import_module(__name__)
    except ModuleNotFoundError as error:
        if error.name != __name__:
            raise
    finally:
        # Whoever imports this one looks for it at the end.
        sys.modules.setdefault(__name__, own)


if os.environ.get("MIGLAB_GUARD"):
    try:
        _guard()
    except BaseException as _error:
        # One that is not guarded must not run at all.
        sys.stderr.write("miglab cannot guard this Python: %r\n" % (_error,))
        sys.stderr.flush()
        os._exit(70)
_hand_over()
