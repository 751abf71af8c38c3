"""Where a project's connections lead is told before they are made, whichever driver makes them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from miglab.agent.engines.mariadb import drivers, guarded
from miglab.agent.engines.mariadb.engine import MariaDB

#: Tells each address that is heard while an expression runs, which connects to nobody.
TELL = """
import json, sys
from miglab.agent.engines.mariadb.engine import MariaDB
heard = []
sys.addaudithook(lambda event, given: heard.append(given[0]) if event == "mysql.connect" else None)
MariaDB().hold(lambda name: True)
import {driver}
connect = {driver}.connect
try:
    {expression}
except {driver}.Error:
    pass
print(json.dumps(heard))
"""
SOCKET = "/nobody/is/here.sock"
FILE = f"[client]\nsocket={SOCKET}\ndatabase=of_client\n[mine]\nsocket={SOCKET}\ndatabase=of_mine\n"
#: How a driver is called → the address, for drivers that take it so.
WAYS = {
    f"connect(unix_socket='{SOCKET}', user='u', database='d')": f"mysql://{SOCKET}/d",
    f"connect(unix_socket='{SOCKET}', user='u')": f"mysql://{SOCKET}/",
    "connect(host='127.0.0.1', port=1, user='u', database='d')": "mysql://127.0.0.1:1/d",
}
BY_FILE = {
    "connect(read_default_file='FILE', user='u')": f"mysql://{SOCKET}/of_client",
    "connect(read_default_file='FILE', read_default_group='mine')": f"mysql://{SOCKET}/of_mine",
    "connect(read_default_file='FILE', database='d')": f"mysql://{SOCKET}/d",
}
CASES = [
    *((driver, way) for driver in drivers.NAMES for way in WAYS),
    *((driver, way) for driver in ("MySQLdb", "pymysql") for way in BY_FILE),
]


def heard(driver: str, expression: str) -> list[str]:
    pytest.importorskip(driver)
    done = subprocess.run(
        [sys.executable, "-c", TELL.format(driver=driver, expression=expression)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("driver", "way"), CASES)
def test_each_way_of_connecting_is_told(driver: str, way: str, tmp_path: Path) -> None:
    file = tmp_path / "my.cnf"
    file.write_text(FILE, encoding="utf-8")
    assert heard(driver, way.replace("FILE", str(file))) == [{**WAYS, **BY_FILE}[way]]


def test_a_driver_that_goes_by_the_name_of_another_is_told_once() -> None:
    expression = (
        "pymysql.install_as_MySQLdb(); import MySQLdb; "
        f"MySQLdb.connect(unix_socket='{SOCKET}', user='u', database='d')"
    )
    assert heard("pymysql", expression) == [f"mysql://{SOCKET}/d"]


def test_connections_of_miglabs_own_are_not_told() -> None:
    handle = f"mysql://u@/d?unix_socket={SOCKET}"
    expression = f"from miglab.agent.engines.mariadb import drivers; drivers.connect('{handle}')"
    assert heard("pymysql", expression) == []


HANDLE = "mysql://u@/copy?unix_socket=/socket/of/copies"


@pytest.mark.parametrize(
    "options",
    [
        {"read_default_file": "/etc/my.cnf", "read_default_group": "production"},
        {"host": "production", "port": 3307, "user": "root", "passwd": "secret"},
        {"unix_socket": "/var/run/mysqld/mysqld.sock", "db": "production"},
        {"ssl": {"ca": "/etc/ca.pem"}, "ssl_mode": "REQUIRED"},
        {"option_files": "/etc/my.cnf", "pool_name": "p", "pool_size": 3, "failover": []},
    ],
)
def test_options_that_lead_elsewhere_are_dropped(options: dict[str, object]) -> None:
    database: dict[str, object] = {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "production",
        "USER": "root",
        "PASSWORD": "secret",
        "HOST": "db.example.org",
        "PORT": "3306",
        "OPTIONS": {"charset": "utf8mb4", **options},
    }
    engine = MariaDB()
    assert engine.other(database, HANDLE) is not None
    engine.turn(database, HANDLE)
    assert engine.other(database, HANDLE) is None
    found = database.pop("OPTIONS")
    assert isinstance(found, dict)
    assert not {*found} & {*options}
    assert found["charset"] == "utf8mb4"
    assert "production" not in str([database, found])
    assert "secret" not in str([database, found])


def test_the_environment_leads_nowhere_once_settings_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MYSQL_TCP_PORT", "3307")
    monkeypatch.setenv("MYSQL_PWD", "secret")
    entry = {"ENGINE": "django.db.backends.mysql", "NAME": "d", "USER": "u", "HOST": "h"}
    engine = MariaDB()
    assert engine.full_name(entry) == "mysql://u@h:3307/d"
    assert engine.password(entry) == "secret"
    engine.turn({**entry}, HANDLE)
    assert not {"MYSQL_TCP_PORT", "MYSQL_PWD"} & {*os.environ}


def test_a_file_of_options_says_where_an_original_is(tmp_path: Path) -> None:
    file = tmp_path / "my.cnf"
    text = "# a comment\n[client]\nhost = db.example.org\nuser = u\npassword = 'se=cret'\n"
    file.write_text(text + "port=3307\nskip-ssl\n!includedir /etc\n", encoding="utf-8")
    entry = {"NAME": "d", "OPTIONS": {"read_default_file": str(file)}}
    engine = MariaDB()
    assert engine.full_name(entry) == "mysql://u@db.example.org:3307/d"
    assert engine.password(entry) == "se=cret"


@pytest.mark.parametrize(
    "name", ["plain", "with space", "a/b", "a?b&c=d", "größe", "per%cent", "a:b@c", "#"]
)
def test_a_handle_names_any_database(name: str) -> None:
    known = {"user": name, "host": "::1", "port": "3306", "database": name, "passfile": "/a b/c"}
    assert drivers.parts(drivers.handle_of(known)) == known


def test_a_copys_session_begins_as_the_originals_do() -> None:
    handle = "mysql://u@/copy?session=sql_mode%3D%27ANSI%27&unix_socket=/s"
    for own, wanted in {
        "": "SET SESSION sql_mode='ANSI'",
        "SET time_zone = '+00:00'": "SET SESSION sql_mode='ANSI', time_zone = '+00:00'",
        "set sql_mode='X';": "SET SESSION sql_mode='ANSI', sql_mode='X'",
    }.items():
        database = {"OPTIONS": {"init_command": own} if own else {}}
        MariaDB().turn(database, handle)
        assert database["OPTIONS"]["init_command"] == wanted


def test_what_an_address_says_is_the_socket_itself(tmp_path: Path) -> None:
    real = tmp_path / "real.sock"
    real.touch()
    (tmp_path / "link.sock").symlink_to(real)
    known = {"unix_socket": str(tmp_path / "link.sock"), "database": "d"}
    assert guarded.address(known) == f"mysql://{os.path.realpath(real)}/d"
