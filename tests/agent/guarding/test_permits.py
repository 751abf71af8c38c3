"""Which programs may be started and which addresses reached."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab.agent.guarding.permits import Permits, only_looks, split_address, words_of

PORTS = st.integers(1, 65535)
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z]{2,5})?", fullmatch=True)


@given(NAMES, PORTS)
def test_a_host_and_its_port_are_told_apart(host: str, port: int) -> None:
    assert split_address(f"{host}:{port}") == (host, str(port))
    assert split_address(host) == (host, None)


@given(st.ip_addresses(v=6).map(str), PORTS)
def test_of_an_ipv6_address_brackets_tell_the_port(host: str, port: int) -> None:
    assert split_address(f"[{host}]:{port}") == (host, str(port))
    assert split_address(f"[{host}]") == (host, None)
    assert split_address(host) == (host, None)


@pytest.mark.parametrize(
    ("allowed", "words", "may"),
    [
        ("gpg", ["gpg", "--decrypt"], True),
        ("gpg", ["/usr/bin/gpg"], True),
        ("/usr/bin/gpg", ["/usr/bin/gpg"], True),
        ("/usr/bin/gpg", ["gpg"], False),
        ("/usr/bin/gpg", ["/tmp/gpg"], False),
        ("gpg", ["gpg2"], False),
        ("gpg", [], False),
    ],
)
def test_a_program_is_allowed_by_its_name_or_its_path(
    allowed: str, words: list[str], may: bool
) -> None:
    assert Permits(programs=[allowed]).program(words) is may


@pytest.mark.parametrize(
    ("allowed", "host", "port", "may"),
    [
        ("10.0.0.1", "10.0.0.1", "5432", True),
        ("10.0.0.1:5432", "10.0.0.1", "5432", True),
        ("10.0.0.1:5432", "10.0.0.1", "80", False),
        ("10.0.0.1:5432", "10.0.0.2", "5432", False),
        ("/run/x.sock", "/run/x.sock", None, True),
        ("localhost", "127.0.0.1", "80", True),
    ],
)
def test_an_address_is_allowed_on_all_ports_or_on_one(
    allowed: str, host: str, port: str | None, may: bool
) -> None:
    assert Permits(addresses=[allowed]).address(host, port) is may


def test_nothing_is_allowed_where_nothing_was_named() -> None:
    nothing = Permits()
    assert not nothing.program(["true"])
    assert not nothing.host("localhost")
    assert not nothing.address("127.0.0.1", "80")


@pytest.mark.parametrize(
    ("executable", "arguments", "words"),
    [
        (None, ["gpg", "-d"], ["gpg", "-d"]),
        (None, "gpg -d 'a file'", ["gpg", "-d", "a file"]),
        ("/usr/bin/gpg", ["gpg", "-d"], ["/usr/bin/gpg", "-d"]),
        ("/bin/sh", ["/bin/sh", "-c", "gpg -d x"], ["gpg", "-d", "x"]),
        ("/bin/sh", ["/bin/sh", "-c", "gpg -d x; rm y"], ["/bin/sh", "-c", "gpg -d x; rm y"]),
        ("/bin/sh", ["/bin/sh", "-c", "PATH=/tmp gpg"], ["/bin/sh", "-c", "PATH=/tmp gpg"]),
        (None, [b"gpg", b"-d"], ["gpg", "-d"]),
    ],
)
def test_a_shell_with_one_plain_command_is_that_command(
    executable: str | None, arguments: object, words: list[str]
) -> None:
    assert words_of(executable, arguments) == words


@pytest.mark.parametrize(
    ("words", "looks"),
    [
        (["uname", "-a"], True),
        (["ldconfig", "-p"], True),
        (["locale", "-a"], True),
        (["git", "--version"], True),
        (["uname", "-a", "; rm"], False),
        (["ldconfig"], False),
        (["git", "--version", "x"], False),
        (["/copy/bin/tool", "--version"], False),
        ([], False),
    ],
)
def test_what_is_known_to_look_alone(words: list[str], looks: bool) -> None:
    assert only_looks(words, lambda path: str(path).startswith("/copy/")) is looks
