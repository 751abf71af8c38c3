"""The protocol between miglab and the agent: the requests, and the shape of each answer.

One message is one line of JSON. Messages travel over the agent's first standard input and output,
which the agent moves to descriptors of its own before any code of the project runs: what a
migration prints goes to a file, never into the wire.

miglab → agent
    the first line    the configuration, ``CONFIG``
    then requests     ``{"do": one of REQUESTS, "place": PLACE, "digest": …, …}``
    or an answer      ``{"answer": "text"}`` or ``{"answer": null}``, while a question is open

agent → miglab
    ``{"event": "ready", "version": VERSION, …}``   after the configuration; ``engines`` maps
                                                    vendors to versions in words
    ``{"event": "begun", "pid": …}``                a request's process has taken it on; when it is
                                                    interrupted (SIGINT), it answers at once
    ``{"event": "ask", "text": …}``                 the project reads from its standard input
    ``{"event": "doing", "text": …}``               what is being done now, in a few words
    ``{"event": "done", …}``                        a request's end, ``DONE``
    ``{"event": "ended", "number": …, …}``          ``DONE`` of the command to a target on the way;
                                                    ``ends``: alias → the handle of a copy of the
                                                    database at its end, if it was written to
    ``{"event": "died", "signal": …, "exit": …}``   the process that ran the request is gone

Each request has an ``id``, which is repeated in all its events. ``digest`` names the state of the
project's files; when it changes, what was set up from the older files is thrown away. One agent may
serve several copies of a project: each is a place.
"""

from __future__ import annotations

import datetime
import decimal
import json
import os
import uuid
from typing import Any, Callable, Dict, Tuple, Type

VERSION = 5

Message = Dict[str, Any]

#: The configuration's keys.
#:     code        the folder that keeps compiled code
#:     once        serve one request in this very process, without forking
#:     clock       an ISO time that stands still in migration names and headers, or null
#:     formatters  whether ``black`` may be looked for on the PATH
#:     durable     whether connections wait for the disk
CONFIG = ("code", "once", "clock", "formatters", "durable")

#: A copy of the project.
#:     root        the folder that holds all of the copy, and nothing else
#:     folder      the folder in which commands run
#:     manage      the path of its manage.py
#:     databases   alias → its handle, which only its engine understands
#:     engines     alias → the vendor of its engine
#:     output      the file that takes what the project prints
#:     own         null for a project that comes with miglab; for a user's own project
#:                 ``original`` (the folder that was copied), ``project`` (its copy),
#:                 ``settings`` (a module's name, or null), ``network`` (whether its jail lets it
#:                 use that), ``allow`` (``programs``, ``addresses``, ``folders``) and ``missing``
#:                 (the names of what its databases have and their copies do not): then the
#:                 settings' databases, mail, caches and brokers are replaced, and a guard keeps
#:                 the project in its copy
#:     rest        seconds without a request after which the processes of this place may end until
#:                 the next request, or null: a second copy is used only now and then
PLACE = ("root", "folder", "manage", "databases", "engines", "output", "own", "rest")

#: What may be asked.
#:     manage    argv, ask, old: run a management command; then the facts of the database.
#:               ``on_the_way``: [app label, name] of nearer targets, for a ``migrate`` that goes
#:               back: what the commands to them do is answered as ``ended``, if possible;
#:               ``noted``: whether its SQL, its migrations and what they rename are written down
#:               (true if it is left out)
#:     shell     code, ask, old: run Python with the models at hand
#:     sql       sql, params (as ``encode_value`` gives them), old: run SQL by hand
#:     look      the facts of the project and of the database
#:     agree     known, then: whether models and files, record and tables, agree. If ``known`` is
#:               true, models and files are not compared. ``then``, if given, is an earlier moment:
#:               its ``handle`` is a copy of the database, and its ``record`` what was recorded
#:     settings  the databases that the settings name, before anything is set up
#:     database  the facts of the database alone: the project is not even touched
#:     compare   old, new, renames: compare the rows of two databases; no project is touched.
#:               ``lost``, if given, is what was lost from ``old`` to ``end``, a moment before
#:               ``new``: the answer says how much of it is missing in ``new`` too. It has ``end``,
#:               ``renames`` and ``tables``. Each table has ``database``, ``table``, whether it is
#:               ``gone``, whether ``rows`` were lost, and the columns whose values were
#:               ``dropped`` or ``overwritten``
#:     list      old, new, renames, table, column, to or limit: everything that a table lost
#:     prepare   set the project up for this digest, and answer nothing
#:     forget    this place is gone, answer nothing
#:     interrupt pid: interrupt this process of a request, answer nothing
#: ``from_models`` is what the project's models say of its tables, as ``common.known`` has it.
#: ``alias`` names the database that is asked about, ``"default"`` without it. ``old`` maps aliases
#: to handles of copies of the databases as they were before, or null: rows are compared with them.
#: If ``compare`` is ``"handlers"``, the answer only has what ``post_migrate`` handlers did.
#: ``marks`` maps aliases to what ``Engine.mark`` would give at the beginning, if miglab knows it.
REQUESTS = (
    "manage",
    "shell",
    "sql",
    "look",
    "agree",
    "settings",
    "database",
    "compare",
    "list",
    "prepare",
    "forget",
    "interrupt",
)

#: Requests that only measure, and run nothing of a project's: what each does, in words.
MEASURES = {
    "database": "read the database",
    "compare": "compare the rows",
    "list": "list what was lost",
}

#: The keys of ``done``.
#:     output        text, cut in the middle beyond OUTPUT_LIMIT
#:     error         null, or ``class``, ``message``, ``traceback`` and ``full_disk``
#:     sql           ``[alias, text]`` for each statement
#:     sql_left_out  how many more ran, beyond SQL_LIMIT
#:     migrations    what ``Trace.migrations`` holds: one entry for each that was begun
#:     plan          ``[app_label, name, backwards]`` for each that was to run
#:     renames       what ``Trace.renames`` gives
#:     refused       what the guard did not let the project do: ``id``, ``what``, ``where``,
#:                   ``do`` and ``during`` (a migration's app label and name, or null)
#:     obstacles     the limits of miglab's because of which it ended in ``error``: what
#:                   ``obstacles.behind`` gives
#:     unmeasured    parts of the answer that are missing, because they could not be measured:
#:                   ``id``, ``what``, ``do``; a request without a project has it too
#:     lacks         what the project looked for, and the original has but the copy does not
#:     instead       how many messages and cache entries the stand-ins for mail and caches got
#:     marks         what ``Engine.last_mark`` gives, by alias, if it gives anything
#:     lens          what ``truths.lens`` gives
#:     database      what ``Engine.read`` gives; null if nothing was written
#:     rows          what ``Engine.compare`` gives, if something was written
#:     project       what ``truths.read_project`` gives, for ``look``
#:     foreign       modules that come from the original of a user's project, for ``look``
#:     table         columns and rows, for ``sql``
#:     agree         the two agreements, for ``agree``
#:     not_back      for ``compare`` with ``lost``: ``tables``, what ``Engine.not_back`` gives, and
#:                   ``unmeasured`` of its own
#:     settings      what ``settings.read`` gives, for ``settings``
#:     kept          alias → a copy's handle and the database's mark: the copy equals the database
#:                   at the end, and belongs to whoever receives this answer
#:     on_the_way    the numbers of the targets whose plan is the beginning of this command's plan
DONE = (
    "output",
    "error",
    "sql",
    "sql_left_out",
    "migrations",
    "plan",
    "renames",
    "refused",
    "obstacles",
    "unmeasured",
    "lacks",
    "instead",
    "marks",
    "lens",
    "database",
    "rows",
    "project",
    "foreign",
    "table",
    "agree",
    "not_back",
    "settings",
    "kept",
    "on_the_way",
)

OUTPUT_LIMIT = 1_000_000
SQL_LIMIT = 5_000


def encode(message: Message) -> bytes:
    """One message as one line.

    Raises:
        TypeError: something in it has a type that the protocol does not know.
    """
    return json.dumps(message, separators=(",", ":"), default=_as_text).encode() + b"\n"


def _as_text(value: Any) -> str:
    """The text of a value with which the project's code may name things: a path, or one of Django's
    lazy texts."""
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if type(value).__name__ == "__proxy__":
        return str(value)
    raise TypeError("a value of the type %s cannot be sent" % type(value).__name__)


#: The types that a parameter of SQL may have in addition to JSON's own: how each is written and
#: read.
_TYPES: Dict[str, Tuple[Type[Any], Callable[[Any], str], Callable[[str], Any]]] = {
    "bytes": (bytes, bytes.hex, bytes.fromhex),
    "datetime": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
    "time": (datetime.time, datetime.time.isoformat, datetime.time.fromisoformat),
    "decimal": (decimal.Decimal, str, decimal.Decimal),
    "uuid": (uuid.UUID, str, uuid.UUID),
}
#: The names of all types that a parameter of SQL may have.
PARAMETERS = ("None", "bool", "int", "float", "str", *_TYPES)


def encode_value(value: Any) -> Any:
    """A parameter of SQL in JSON's own types.

    Raises:
        TypeError: it has none of the types of ``PARAMETERS``.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    for name, (kind, write, _) in _TYPES.items():
        if isinstance(value, kind):
            return [name, write(value)]
    raise TypeError("a parameter must be one of: %s" % ", ".join(PARAMETERS))


def decode_value(value: Any) -> Any:
    """The value from which ``encode_value`` made this one."""
    if isinstance(value, list):
        name, text = value
        return _TYPES[name][2](text)
    return value


def decode(line: bytes) -> Message:
    """The message that a line holds."""
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("a message is a JSON object, not %r" % (line[:80],))
    return message
