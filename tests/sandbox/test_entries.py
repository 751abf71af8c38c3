"""A copy is made the same again, whatever kind of thing a command left in it or took away."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miglab import Lab
from miglab.sandbox.entries import FILE, Entries

from ..budgets import examples
from ..everything import everything_in

posix = pytest.mark.skipif(os.name != "posix", reason="there are no modes and pipes here")

LEFT = {
    "an empty folder": "os.mkdir('left')",
    "a folder in a new folder": "os.makedirs('left/more')",
    "a link to a file": "os.symlink('manage.py', 'left')",
    "a link to a folder": "os.symlink('store', 'left')",
    "a link to nowhere": "os.symlink('/nowhere', 'left')",
    "a pipe": "os.mkfifo('left')",
    "a socket": "import socket; socket.socket(socket.AF_UNIX).bind('left')",
    "another mode of a file": "os.chmod('store/models.py', 0o640)",
    "a file that can be run": "os.chmod('store/models.py', 0o755)",
    "another mode of a folder": "os.chmod('store', 0o700)",
    "another mode of the database": "os.chmod('db.sqlite3', 0o444)",
    "a folder that nobody may write": "os.makedirs('left/more'); os.chmod('left', 0o500)",
    "a file for a folder": "shutil.rmtree('blog/migrations'); open('blog/migrations', 'w')",
    "a folder for a file": "os.remove('manage.py'); os.makedirs('manage.py/x')",
    "a link for a folder": "os.rename('blog', 'm'); os.symlink('m', 'blog')",
    "a folder that is gone": "shutil.rmtree('blog')",
    "a file beside the project": "open('../left', 'w')",
    "an empty folder beside the project": "os.mkdir('../left')",
}


@posix
@pytest.mark.parametrize("what", LEFT)
def test_what_a_command_left_goes_and_comes_again(lab: Lab, what: str) -> None:
    lab.truths()
    root = lab.folder.parent
    ours = ("store", "output", "tmp", "refused")

    def here() -> dict[str, tuple[object, ...]]:
        found = {f"project/{p}": e for p, e in everything_in(root / "project").items()}
        beside = {p: e for p, e in everything_in(root).items() if "/" not in p and p not in ours}
        return {**found, **beside}

    before = here()
    lab.shell(f"import os, shutil\n{LEFT[what]}")
    after = here()
    assert after != before
    assert len(lab.steps()) == 1
    lab.rewind()
    assert here() == before
    lab.forward()
    assert here() == after
    lab.restart()
    assert here() == before


@posix
@pytest.mark.parametrize("what", ["an empty folder", "a link to nowhere", "a pipe", "a socket"])
def test_what_a_command_left_is_gone_when_it_is_tried_again(lab: Lab, what: str) -> None:
    code = f"import os\nprint(os.path.lexists('left'))\n{LEFT[what]}"
    lab.write("store/management/__init__.py", "")
    lab.write("store/management/commands/__init__.py", "")
    lab.write(
        "store/management/commands/leave.py",
        "from django.core.management.base import BaseCommand\n"
        "class Command(BaseCommand):\n    def handle(self, **_):\n"
        + textwrap.indent(code, " " * 8),
    )
    for _ in range(2):
        assert lab.what_if("leave").runs[0].step.output.strip() == "False"


MODES = """
    import os, sys
    from pathlib import Path
    from miglab.sandbox.entries import Entries
    folder, store = Path(sys.argv[1]), Path(sys.argv[2])
    if not os.geteuid():
        os.setgid(65534)
        os.setuid(65534)
    folder.mkdir()
    store.mkdir()
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "secret").write_text("secret")
    modes = [(folder / "a/b/secret", 0), (folder / "a/b", 0), (folder / "a", 0o500)]
    for path, mode in modes:
        path.chmod(mode)
    kept = Entries(folder, ())
    first = kept.look((), ())
    assert first["a/b/secret"].mode == 0, first
    kept.keep("a/b/secret", store / first["a/b/secret"].content)
    assert kept.look((), ()) == first
    for path, mode in reversed(modes):
        path.chmod(0o700)
    (folder / "a" / "b" / "secret").unlink()
    (folder / "a" / "new").mkdir()
    (folder / "a" / "new").chmod(0)
    (folder / "a").chmod(0o100)
    kept.restore(kept.look((), ()), first, store)
    assert kept.look((), ()) == first
    (folder / "a").chmod(0o700)
    (folder / "a" / "b").chmod(0o700)
    (folder / "a" / "b" / "secret").chmod(0o600)
    print((folder / "a" / "b" / "secret").read_text())
"""


@posix
def test_what_its_owner_may_not_read_or_write_is_kept_and_put_back() -> None:
    open_to_all = Path("/tmp") / f"miglab-test-{os.getpid()}"
    open_to_all.mkdir(mode=0o777)
    open_to_all.chmod(0o777)
    try:
        words = [sys.executable, "-c", textwrap.dedent(MODES)]
        places = [str(open_to_all / "copy"), str(open_to_all / "store")]
        done = subprocess.run([*words, *places], capture_output=True, text=True, check=False)
    finally:
        subprocess.run(["rm", "-rf", str(open_to_all)], check=True)
    assert (done.stdout, done.stderr) == ("secret\n", "")


_names = st.sampled_from(["a", "b", "a/c", "a/d", "b/c", "a/c/e"])
_shapes = st.dictionaries(_names, st.sampled_from(["folder", "one", "two", "link", "run", "shut"]))


def _lay(folder: Path, shape: dict[str, str]) -> None:
    """As far as one thing does not stand in another's way."""
    for path, kind in sorted(shape.items()):
        place = folder / path
        if not place.parent.is_dir() or place.parent.is_symlink():
            continue
        if kind == "folder":
            place.mkdir()
        elif kind == "link":
            place.symlink_to("a")
        else:
            place.write_text(kind)
            place.chmod({"run": 0o755, "shut": 0o400}.get(kind, 0o644))


@posix
@settings(max_examples=examples(60, 600))
@given(_shapes, _shapes)
def test_any_folder_becomes_any_other(
    tmp_path_factory: pytest.TempPathFactory, first: dict[str, str], second: dict[str, str]
) -> None:
    one, other, store = (tmp_path_factory.mktemp(each) for each in ("one", "other", "store"))
    _lay(one, first)
    _lay(other, second)
    entries, wanted = Entries(one, ()), Entries(other, ())
    found = wanted.look((), ())
    for path, entry in found.items():
        if entry.kind == FILE:
            wanted.keep(path, store / entry.content)
    entries.restore(entries.look((), ()), found, store)
    assert everything_in(one) == everything_in(other)


@posix
def test_a_link_into_the_copy_leads_into_the_other_copy(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for each in (one, other):
        each.mkdir()
    (one / "link").symlink_to(one / "place")
    (one / "outside").symlink_to(tmp_path / "one-more")
    entries = Entries(other, ())
    entries.restore({}, Entries(one, ()).look((), ()), tmp_path)
    assert (other / "link").readlink() == other / "place"
    assert (other / "outside").readlink() == tmp_path / "one-more"
