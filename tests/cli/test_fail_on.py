"""``miglab whatif --fail-on``: a pipeline fails where a table would be locked for too long."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from miglab.cli.main import main

from ..whatif.own import manage, shop
from ..whatif.test_own_on_postgresql import Live, live

__all__ = ["live"]
INDEX = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_price")]
    operations = [migrations.AddIndex("item", models.Index(fields=["name"], name="by_name"))]
"""


def test_a_lock_that_is_too_long_is_14_and_is_named(
    live: Live, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = shop(tmp_path / "site", settings=live.settings)
    models = site / "shop" / "models.py"
    meta = '\n    class Meta:\n        indexes = [models.Index(fields=["name"], name="by_name")]\n'
    models.write_text(models.read_text() + meta)
    (site / "shop" / "migrations" / "0003_by_name.py").write_text(INDEX)
    manage(site, "migrate", "shop")
    words = ["whatif", str(site), "shop", "0002", "--python", sys.executable, "--quiet"]
    assert main([*words, "--fail-on", "lock:0s"]) == 14
    said = capsys.readouterr()
    assert said.out == "nothing lost · comes back whole\n"
    assert said.err.startswith("too long for --fail-on: shop_item (3 rows) can't be read for ")
    report = tmp_path / "report.json"
    assert main([*words, "--fail-on", "lock:600s", "--json", str(report)]) == 0
    assert capsys.readouterr().err == ""
    (planned,) = json.loads(report.read_text())["runs"][0]["plan"]
    (lock,) = planned["locks"]
    assert (lock["table"], lock["rows"], lock["mode"]) == ("shop_item", 3, "AccessExclusiveLock")
    assert isinstance(planned["grew"], int)
