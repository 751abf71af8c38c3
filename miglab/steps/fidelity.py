"""What differs between every rehearsal on a stage and a real run."""

from __future__ import annotations

from ..facts.fidelity import Fidelity, LeftOut, Replaced
from ..sandbox.links import has_links
from .stage import Stage


def fidelity_of(stage: Stage) -> Fidelity:
    """What differs between every rehearsal of this project and a real run."""
    project, reader = stage.project, stage.reader
    if not reader.runner.about:
        reader.look(stage.moments.now.snapshot.digest)
    return Fidelity(
        engine=str(reader.engine()),
        replaced=tuple(Replaced(*each) for each in project.replaced),
        left_out=project.left_out,
        linked=has_links(project),
        kinds=tuple(LeftOut(*each) for each in project.kinds),
        unentered=project.unentered,
        databases=stage.copied,
        allowed=project.allowed.options,
        protection=reader.runner.protection,
    )
