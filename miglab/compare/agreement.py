"""Whether the migration files and the record agree; the other agreements need Django."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..facts.graph import Graph, graph_of
from ..facts.migration import Key
from ..facts.truths import Agreement, Files, Models, Record, Truths, Unreadable


def ghosts(files: Files, record: Record) -> list[Key]:
    """Recorded migrations of installed apps whose file is gone.

    Migrations of apps that are not installed do not count, nor do those that a squashed migration
    replaces.
    """
    names = files.migrations.keys() | files.bad.keys()
    replaced = {each for migration in files.migrations.values() for each in migration.replaces}
    return [
        key
        for key in record.keys
        if key not in names and key not in replaced and key.app_label in files.labels
    ]


def unapplied(graph: Graph, record: Record) -> list[Key]:
    """The migrations in the graph that Django treats as not applied. A squash counts as applied if
    all its originals are applied. It does not count as applied if only its own row is left."""
    done = graph.applied(record.keys)
    return [key for key in graph if key not in done]


def applied(graph: Graph, record: Record) -> set[Key]:
    """The migrations that Django treats as applied: ``Graph.applied`` of the recorded keys."""
    return graph.applied(record.keys)


def unclosed(graph: Graph, record: Record) -> list[tuple[Key, Key]]:
    """Recorded migrations with a parent that is not recorded, as pairs ``(child, parent)``.
    ``MigrationLoader.check_consistent_history`` refuses these. Like it, this looks at the record
    itself: the row of a squash counts, even if its originals are not all applied."""
    recorded = {*record.keys}
    done = recorded | graph.applied(recorded)
    return [
        (key, parent)
        for key in graph
        if key in recorded
        for parent in graph.parents[key]
        if parent not in done
    ]


def files_and_record(truths: Truths, apps: Collection[str] = ()) -> Agreement:
    """Whether the second truth (files) and the third (record) agree, for the app labels in
    ``apps``; if it is empty, for all."""
    files, record = truths.files, truths.record
    if isinstance(files, Unreadable):
        return Agreement(None, f"The migration files {files}.")
    if isinstance(record, Unreadable):
        return Agreement(None, f"The record {record}.")
    if files.bad:
        details = tuple(f"{each.path}: {each.reason}" for each in files.bad.values())
        return Agreement(None, "A migration file cannot be imported.", details)
    graph = graph_of(files, record.keys)
    if graph.missing:
        details = tuple(f"{child} depends on {parent}" for child, parent in graph.missing)
        return Agreement(None, "A migration depends on one that does not exist.", details)
    gone = [key for key in ghosts(files, record) if not apps or key.app_label in apps]
    waiting = [key for key in unapplied(graph, record) if not apps or key.app_label in apps]
    open_ = unclosed(graph, record)
    loop = graph.cycle()
    if loop:
        path = " → ".join(map(str, loop))
        return Agreement(None, "Migrations depend on each other in a circle.", (path,))
    halves = half_applied(files, record, graph)
    details = (
        *(
            f"{key} is half applied: {done} is recorded, but {left} is not"
            for key, done, left in halves
        ),
        *(f"{key} is recorded, {_why_ghost(files, key)}" for key in gone),
        *(
            f"{child} is recorded, but {parent}, which it depends on, is not"
            for child, parent in open_
        ),
        *(f"{key} is not applied" for key in waiting),
    )
    if not details:
        which = f" of {', '.join(sorted(apps))}" if apps else ""
        return Agreement(True, f"Every migration file{which} is recorded as applied.")
    words = []
    if halves:
        words.append("a squashed migration is half applied, so Django leaves it out of every plan")
    if gone:
        words.append(
            f"{counted(len(gone), 'recorded migration has', 'recorded migrations have')} no file"
        )
    if open_:
        words.append("the record has a gap")
    if waiting:
        words.append(f"{counted(len(waiting), 'migration is', 'migrations are')} not applied")
    sentence = " and ".join(words) + "."
    return Agreement(False, sentence[0].upper() + sentence[1:], details)


def _why_ghost(files: Files, key: Key) -> str:
    folder = files.unseen.get(key)
    if folder is None:
        return "but its file is gone"
    return f"but Django does not see its file: {folder} has no __init__.py"


def left_behind(truths: Truths) -> dict[str, list[str]]:
    """Maps each app that is recorded but not installed to the tables that are named after it and
    belong to no model. Apps without such tables are left out."""
    files = truths.known_files
    models = truths.models.apps if isinstance(truths.models, Models) else {}
    owned = {each.table for app in models.values() for each in app.values()}
    gone = sorted({key.app_label for key in truths.known_record.keys} - {*files.labels})
    found: dict[str, list[str]] = {label: [] for label in gone} if files.labels else {}
    for table in sorted(truths.known_tables.tables):
        labels = [each for each in (*found, *files.labels) if table.startswith(f"{each}_")]
        longest = max(labels, key=len, default="")
        if longest in found and table not in owned:
            found[longest].append(table)
    return {label: tables for label, tables in found.items() if tables}


def half_applied(files: Files, record: Record, graph: Graph) -> list[tuple[Key, Key, Key]]:
    """Squashed migrations that Django leaves out of its graph, although files of migrations that
    they replace are gone. Each comes with one original that is recorded and one that is not."""
    found = []
    recorded = {*record.keys}
    for key in files.migrations:
        originals = sorted(graph.squashes.get(key, ()))
        if key not in graph and any(name not in files.migrations for name in originals):
            done = [name for name in originals if name in recorded]
            left = [name for name in originals if name not in recorded]
            if done and left:
                found.append((key, done[0], left[0]))
    return found


def counted(number: int, one: str, many: str) -> str:
    """``1 row``, ``2 rows``, ``1,204 rows``."""
    return f"{number:,} {one if number == 1 else many}"


def in_words(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def part(number: int, whole: int, many: str) -> str:
    """``1 of 4 goals is``, ``2 of 4 goals are``."""
    return f"{number:,} of {whole:,} {many} {'is' if number == 1 else 'are'}"


def models_and_files(found: Mapping[str, Any]) -> Agreement:
    """Whether the first truth (models) and the second (files) agree, from the agent's answer."""
    details, verdict = tuple(found["details"]), found["verdict"]
    if verdict:
        return Agreement(True, "makemigrations would write nothing.")
    if verdict is None:
        leaves = all("several leaves" in each for each in details)
        reason = "do not form a single history" if leaves else "cannot be compared with the models"
        return Agreement(None, f"The migration files {reason}.", details, compared=False)
    number = counted(len(details), "model change is", "model changes are")
    return Agreement(False, f"{number} not in any migration file.", details)


def record_and_tables(found: Mapping[str, Any]) -> Agreement:
    """Whether the third truth (record) and the fourth (tables) agree, from the agent's answer."""
    details, doubtful = tuple(found["details"]), tuple(found["doubtful"])
    missing = tuple(Key(*key) for key in found.get("missing", ()))
    compared = found["compared"]
    if found["verdict"]:
        return Agreement(True, "The tables match the recorded migrations.")
    if found["verdict"] is None:
        reason = "The tables cannot be compared with certainty."
        return Agreement(None, reason, details, missing, doubtful, compared)
    number = counted(len(details), "place", "places")
    sentence = f"The tables differ from the recorded migrations in {number}."
    return Agreement(False, sentence, details, missing, doubtful)
