"""The graphs before and after a step, with the changes marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace
from typing import NamedTuple

from ..compare.picture import picture
from ..compare.sentence import sentence
from ..compare.truths import Moves
from ..facts.migration import Key
from ..facts.picture import Picture, State
from ..facts.step import Step
from ..facts.truths import Truths

#: If more apps than this did not change, they are counted, not named.
_NAMED = 4


class Around(NamedTuple):
    """The graph of the apps that changed, before and after a step. ``rest`` says in words which
    apps did not change."""

    before: Picture
    after: Picture
    rest: str

    @property
    def alike(self) -> bool:
        """Whether both show the same migrations in the same states: only files changed."""
        before, after = (
            {node.key: node.state for node in each.nodes} for each in (self.before, self.after)
        )
        return before == after and self.before.edges == self.after.edges


def around(step: Step, moves: Moves) -> Around | None:
    """The graph before and after a step; ``None`` if the graph did not change."""
    files = _changed_files(step.before, step.after)
    changed = {*moves.applied, *moves.unapplied, *files}
    if not changed:
        return None
    apps = tuple(dict.fromkeys(key.app_label for key in sorted(changed)))
    told = sentence(step, moves)
    pictures = (
        picture(step.before, apps, title="before", changed=changed),
        picture(step.after, apps, title="after", changed=changed, sentence=told),
    )
    # Migrations of other apps have nothing to do with this step.
    before, after = (replace(each, hidden=0) for each in pictures)
    after = _with_notes(before, _with_fakes(after, step), files)
    return Around(before, after, _rest(step, apps))


def _with_fakes(after: Picture, step: Step) -> Picture:
    """The picture after a step, with the state ``FAKED`` for migrations that were only recorded."""
    faked = {each.key for each in step.ran if each.fake and each.done and not each.backwards}
    nodes = tuple(
        replace(node, state=State.FAKED)
        if node.key in faked and node.state is State.APPLIED
        else node
        for node in after.nodes
    )
    return replace(after, nodes=nodes)


def _with_notes(before: Picture, after: Picture, files: Set[Key]) -> Picture:
    """The picture after a step, with a note on each migration whose file changed but whose state
    did not. Without it, the card would look as it did before."""
    states = {node.key: node.state for node in before.nodes}
    nodes = tuple(
        replace(node, note="file changed")
        if node.key in files and states.get(node.key) is node.state
        else node
        for node in after.nodes
    )
    return replace(after, nodes=nodes)


def _rest(step: Step, apps: Sequence[str]) -> str:
    """The apps that the lab shows and that the step did not change, in one line."""
    whole = picture(step.after, step.apps)
    left = [label for label in whole.apps if label not in apps]
    if not left:
        return ""
    if len(left) > _NAMED:
        return f"{len(left)} other apps: not changed"
    told = []
    for label in left:
        counts = Counter(node.state.word for node in whole.nodes if node.key.app_label == label)
        standing = ", ".join(f"{number} {word}" for word, number in counts.items())
        told.append(f"{label} ({standing or 'no migrations'})")
    return f"Not changed: {', '.join(told)}"


def _changed_files(before: Truths, after: Truths) -> set[Key]:
    old, new = (each.known_files.migrations for each in (before, after))
    if old is new:
        return set()
    return {
        key
        for key in old.keys() | new.keys()
        if key not in old or key not in new or old[key].digest != new[key].digest
    }
