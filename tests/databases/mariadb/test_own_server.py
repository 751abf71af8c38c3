"""A server of miglab's own gets along with every other one on the machine."""

from __future__ import annotations

from . import servers


def test_its_temporary_tables_are_in_a_folder_of_its_own() -> None:
    """A server that starts removes those of all others that share the folder."""
    handle = servers.own()
    ((folder, data),) = servers.run(handle, "SELECT @@tmpdir, @@datadir")
    assert str(folder).rpartition("/")[0] == str(data).rstrip("/").rpartition("/")[0]
