"""A copy's connections lead to its own databases on a server and nowhere else, whatever settings,
files and variables say, and whichever way they are made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from miglab.agent.engines.postgresql.engine import PostgreSQL

HANDLE = "postgresql://me@/copy?host=127.0.0.1&port=5999"
#: What is run around each attempt: the guard of a copy, and what it refused.
AROUND = """
import json, os, sys
sys.path.insert(0, {root!r})
from miglab.agent.guarding import guard
place = {{"root": {folder!r}, "databases": {{"default": {handle!r}}},
         "engines": {{"default": "postgresql"}},
         "own": {{"original": "/nowhere", "project": {folder!r},
                 "allow": {{"programs": [], "addresses": {allow!r}, "folders": []}},
                 "missing": []}}}}
guard.stand_around(place, {folder!r})
guard.hold_engines()
said = ""
try:
    {attempt}
except guard.Refused as error:
    said = "refused"
except Exception as error:
    said = type(error).__name__
print(json.dumps([said, [each["what"] for each in guard.refused]]))
"""
#: Ways to another database: all are refused.
ELSEWHERE = {
    "psycopg": "import psycopg; psycopg.connect('dbname=live host=127.0.0.1 port=5999 user=me')",
    "another host": "import psycopg; psycopg.connect(host='10.0.0.1', dbname='copy', port=5999)",
    "another port": "import psycopg; psycopg.connect(host='127.0.0.1', dbname='copy', port=5432)",
    "a URI": "import psycopg; psycopg.connect('postgresql://me@127.0.0.1:5999/live')",
    "an address": (
        "import psycopg; psycopg.connect('dbname=copy host=127.0.0.1 hostaddr=10.0.0.1 port=5999')"
    ),
    "several hosts": (
        "import psycopg; "
        "psycopg.connect('dbname=copy host=127.0.0.1,10.0.0.1 port=5999,5999 user=me')"
    ),
    "a service": "import psycopg; psycopg.connect('service=live')",
    "a service of the environment": (
        "os.environ['PGSERVICE'] = 'live'; import psycopg; "
        "psycopg.connect('dbname=copy host=127.0.0.1 port=5999')"
    ),
    "the environment": (
        "os.environ.update(PGHOST='10.0.0.1', PGDATABASE='live'); import psycopg; psycopg.connect()"
    ),
    "the user's own name": "import psycopg; psycopg.connect('host=127.0.0.1 port=5999 user=live')",
    "a class of its own": (
        "import psycopg; psycopg.ClientCursor; "
        "type('Own', (psycopg.Connection,), {}).connect('dbname=live host=127.0.0.1 port=5999')"
    ),
    "asyncio": (
        "import asyncio, psycopg; "
        "asyncio.run(psycopg.AsyncConnection.connect('dbname=live host=127.0.0.1 port=5999'))"
    ),
    "psycopg2": "import psycopg2; psycopg2.connect('dbname=live host=127.0.0.1 port=5999')",
    "psycopg2 by names": (
        "import psycopg2; psycopg2.connect(dbname='live', host='127.0.0.1', port=5999)"
    ),
    "psycopg2 by a service": "import psycopg2; psycopg2.connect('service=live')",
    "libpq's own type": (
        "import psycopg; psycopg.pq.PGconn.connect(b'dbname=live host=127.0.0.1 port=5999')"
    ),
    "libpq's own type, begun": (
        "import psycopg; psycopg.pq.PGconn.connect_start(b'dbname=live host=127.0.0.1 port=5999')"
    ),
    "libpq's own type, from where it is": (
        "import psycopg, psycopg_binary.pq as pq; "
        "pq.PGconn.connect(b'dbname=live host=127.0.0.1 port=5999')"
    ),
    "libpq by ctypes, as psycopg has it": (
        "os.environ['PSYCOPG_IMPL'] = 'python'; import psycopg.pq._pq_ctypes as pq; "
        "pq.PQconnectdb(b'dbname=live host=127.0.0.1 port=5999')"
    ),
    "psycopg2's own type": (
        "import psycopg2.extensions as own; own.connection('dbname=live host=127.0.0.1 port=5999')"
    ),
    "psycopg2's own function": (
        "import psycopg2._psycopg as own; own._connect('dbname=live host=127.0.0.1 port=5999')"
    ),
    "psycopg2 imported before": (
        "from psycopg2 import connect; connect('dbname=live host=127.0.0.1 port=5999')"
    ),
}
#: Ways to the copy: they get as far as a server that is not there.
HERE = {
    "psycopg": "import psycopg; psycopg.connect('dbname=copy host=127.0.0.1 port=5999 user=me')",
    "psycopg2": "import psycopg2; psycopg2.connect('dbname=copy host=127.0.0.1 port=5999')",
    "a URI": "import psycopg; psycopg.connect('postgresql://me@/copy?host=127.0.0.1&port=5999')",
    "psycopg2's own type": (
        "import psycopg2.extensions as own; own.connection('dbname=copy host=127.0.0.1 port=5999')"
    ),
    "psycopg in Python": (
        "os.environ['PSYCOPG_IMPL'] = 'python'; import psycopg; "
        "psycopg.connect('dbname=copy host=127.0.0.1 port=5999')"
    ),
}
#: A library in C that has a function of this name.
LIBRARY = "void *PQconnectdb(const char *info) { return 0; }"


def attempted(folder: Path, attempt: str, allow: tuple[str, ...] = ()) -> tuple[str, list[str]]:
    """How an attempt ends, and what the guard noted of it."""
    root = str(Path(__file__).parents[3])
    code = AROUND.format(root=root, folder=str(folder), handle=HANDLE, allow=allow, attempt=attempt)
    clean = {name: each for name, each in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, env=clean
    )
    assert done.stdout, done.stderr
    said, what = json.loads(done.stdout)
    return said, what


@pytest.mark.parametrize("attempt", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_connection_that_leads_elsewhere_is_refused(tmp_path: Path, attempt: str) -> None:
    said, what = attempted(tmp_path, attempt)
    assert said == "refused"
    assert len(what) == 1
    assert what[0].startswith("open the database postgresql:")


@pytest.mark.parametrize("attempt", HERE.values(), ids=HERE)
def test_one_that_leads_to_the_copy_is_made(tmp_path: Path, attempt: str) -> None:
    assert attempted(tmp_path, attempt) == ("OperationalError", [])


def test_libpq_is_not_used_past_the_driver(tmp_path: Path) -> None:
    (tmp_path / "own.c").write_text(LIBRARY)
    library = tmp_path / "libpq.so"
    compiler = shutil.which("cc") or pytest.skip("there is no C compiler")
    subprocess.run([compiler, "-shared", "-o", library, tmp_path / "own.c"], check=True)
    attempt = f"import ctypes; ctypes.CDLL({str(library)!r}).PQconnectdb(b'dbname=live')"
    said, what = attempted(tmp_path, attempt)
    assert (said, what) == ("refused", ["connect to a database from C code, through PQconnectdb"])


def test_an_address_that_is_allowed_may_be_connected_to(tmp_path: Path) -> None:
    attempt = "import psycopg; psycopg.connect('dbname=live host=127.0.0.1 port=5998')"
    assert attempted(tmp_path, attempt)[0] == "refused"
    assert attempted(tmp_path, attempt, ("127.0.0.1:5998",)) == ("OperationalError", [])


ENTRIES: dict[str, dict[str, Any]] = {
    "plain": {"NAME": "live", "USER": "me", "PASSWORD": "x", "HOST": "db", "PORT": 5432},
    "a service": {"NAME": "", "OPTIONS": {"service": "live", "passfile": ".pgpass"}},
    "a pool": {"NAME": "live", "HOST": "db", "OPTIONS": {"pool": {"min_size": 2}}},
    "options that lead": {
        "NAME": "live",
        "OPTIONS": {
            "host": "db",
            "hostaddr": "10.0.0.1",
            "port": "5432",
            "dbname": "live",
            "user": "me",
            "sslmode": "verify-full",
            "sslrootcert": "system",
            "target_session_attrs": "read-write",
            "assume_role": "owner",
        },
    },
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_that_is_turned_names_the_copy_alone(
    entry: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "db")
    monkeypatch.setenv("PGSERVICE", "live")
    monkeypatch.setenv("PGAPPNAME", "mine")
    kept = {"application_name": "shop", "options": "-c search_path=a", "client_encoding": "UTF8"}
    options = {**entry.get("OPTIONS", {}), **kept}
    turned = {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": options}
    engine = PostgreSQL()
    engine.turn(turned, HANDLE)
    assert turned == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "copy",
        "USER": "me",
        "PASSWORD": "",
        "HOST": "127.0.0.1",
        "PORT": "5999",
        "OPTIONS": kept,
    }
    assert engine.other(turned, HANDLE) is None
    assert engine.other({**turned, "NAME": "live"}, HANDLE) == "live"
    assert engine.other({**turned, "HOST": "db"}, HANDLE) == "copy"
    assert "PGHOST" not in os.environ
    assert "PGSERVICE" not in os.environ
    assert os.environ["PGAPPNAME"] == "mine"


def test_what_settings_lead_to_is_found_through_services_and_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "services"
    file.write_text("# ours\n[live]\nhost=db.example\nport=5433\ndbname=shop\npassword=se=cret\n")
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    engine = PostgreSQL()
    by_service = {"OPTIONS": {"service": "live"}, "USER": "a b"}
    assert engine.full_name(by_service) == ("postgresql://a%20b@/shop?host=db.example&port=5433")
    assert engine.password(by_service) == "se=cret"
    monkeypatch.setenv("PGHOST", "/run/pg")
    monkeypatch.setenv("PGPASSWORD", "word")
    plain = {"NAME": "x/y", "USER": "me", "OPTIONS": {"options": "-c search_path=a,b"}}
    assert engine.full_name(plain) == (
        "postgresql://me@/x%2Fy?host=/run/pg&options=-c%20search_path%3Da%2Cb"
    )
    assert engine.password(plain) == "word"
    assert engine.address(engine.full_name(plain)) == "postgresql:///run/pg:5432/x/y"
