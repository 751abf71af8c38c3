"""A project in an environment of its own, with a Django of its own and no miglab."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from miglab import Lab
from miglab.facts.outcome import Return

from ..notebooks.newest import newest_python
from .environments import made
from .own import AUTH, fingerprints, manage, shop


@pytest.mark.parametrize(
    ("django", "python"),
    [("django==4.2.*", sys.executable), ("django", newest_python() or sys.executable)],
    ids=["4.2", "the newest"],
)
def test_it_is_rehearsed_with_its_own_django(django: str, python: str, tmp_path: Path) -> None:
    """The environment lies in the project's folder, as most do: it is found there."""
    folder = shop(tmp_path / "site", settings=AUTH, migrated=False)
    interpreter = made(folder / ".venv", python, django)
    manage(folder, "migrate", "-v0", python=str(interpreter))
    code = "from shop.models import Item; Item.objects.create(name='a', price=9)"
    manage(folder, "shell", "-c", code, python=str(interpreter))
    before = fingerprints(folder / "shop", folder / "config")
    database = (folder / "db.sqlite3").read_bytes()
    with Lab.of(folder) as lab:
        found = lab.what_if("migrate shop 0001")
        ladder = lab.what_if_all("shop")
    version = "import django; print(django.get_version())"
    told = subprocess.run(
        [str(interpreter), "-c", version], capture_output=True, text=True, check=True
    )
    assert found.engine.django == told.stdout.strip()
    assert found.verdict == "loses 1 value of shop_item.price · the rows come back, not all values"
    assert found.back is not None
    assert found.back.level is Return.ROWS
    assert [rung.short for rung in ladder] == ["−1 value", "−1 row"]
    assert fingerprints(folder / "shop", folder / "config") == before
    assert (folder / "db.sqlite3").read_bytes() == database
