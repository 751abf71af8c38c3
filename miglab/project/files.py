"""Chooses which files of a project's folder are copied: what its code may need, and no big
files."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..databases.registry import BEGINNING, SIDECARS, begins_database
from ..errors import BadInput, shown


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


#: Folders that are never entered: history, caches, and what tools install there.
NEVER_ENTERED = _words(
    ".git .hg .svn .jj node_modules bower_components jspm_packages __pycache__ .tox .nox",
    ".mypy_cache .ruff_cache .pytest_cache .ipynb_checkpoints",
)
#: What an environment consists of, where a project lives in the environment's own folder.
_OF_ENVIRONMENT = _words("bin conda-meta include Include lib Lib lib64 Scripts share ssl")

#: Endings of text and code; a name without an ending counts as one.
TEXT = _words(
    ".py .pyi .pyx .pxd .pyc .pyd .so .toml .ini .cfg .conf .properties .lock",
    ".json .jsonl .ndjson .geojson .yaml .yml .csv .tsv .sql .xml .xsd .xsl .xslt .wsdl",
    ".txt .md .rst .html .htm .djhtml .jinja .jinja2 .j2 .mako .tpl .mjml .eml",
    ".po .mo .pot .graphql .proto .sh .in .pem .key .crt .cer .pub",
)
#: Endings of images, audio, video, archives and fonts: never copied.
NEVER = _words(
    ".png .jpg .jpeg .gif .bmp .ico .icns .webp .avif .heic .heif .tif .tiff .svg .svgz .psd",
    ".ai .eps .xcf .cr2 .nef",
    ".mp3 .wav .ogg .oga .opus .flac .m4a .aac .wma .aif .aiff .mid .midi",
    ".mp4 .m4v .mov .avi .mkv .webm .wmv .flv .mpg .mpeg .ogv .3gp",
    ".zip .tar .gz .tgz .bz2 .tbz2 .xz .txz .lzma .lz4 .zst .br .7z .rar .jar .war .whl .egg",
    ".deb .rpm .dmg .iso .cab .woff .woff2 .ttf .otf .eot .ttc",
)
#: Endings of what is compressed, each on its own: Django reads fixtures so.
COMPRESSED = _words(".gz .bz2 .xz .lzma .zip")
#: What Django's fixtures are written in.
_SERIALIZED = _words(".json .jsonl .xml .yaml .yml")
#: The biggest text or code file, and the biggest other file, that is copied: in bytes.
TEXT_LIMIT = 50 * 1024 * 1024
OTHER_LIMIT = 256 * 1024

_TOLD = 5


@dataclass(frozen=True)
class Chosen:
    """The files of a folder that are copied and those that are not, as paths with ``/``, relative
    to the folder.

    Attributes:
        files: the files that are copied.
        folders: the folders that were looked into; the copy gets them even if they are empty.
        left_out: how many files and links are not copied, and their size in bytes.
        left: the files and links that are not copied.
        biggest: the biggest files of ``left`` and their sizes, biggest first.
        kinds: the kinds of files in ``left`` that take the most space, biggest first: ending, how
            many, their size.
        unentered: folders that were not looked into, so it is not known how much is in them.
        databases: files that are databases, which are not copied as files.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...] = ()
    left_out: tuple[int, int] = (0, 0)
    left: tuple[str, ...] = ()
    biggest: tuple[tuple[str, int], ...] = ()
    kinds: tuple[tuple[str, int, int], ...] = ()
    unentered: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What was left out, in words; empty if everything was copied."""
        said = []
        count, size = self.left_out
        if count:
            names = ", ".join(f"{path} ({in_words(size)})" for path, size in self.biggest)
            files = "file" if count == 1 else "files"
            said.append(f"not copied: {count} {files}, {in_words(size)}; the largest: {names}")
        if self.unentered:
            more = len(self.unentered) - _TOLD
            names = ", ".join(self.unentered[:_TOLD]) + (f" and {more} more" if more > 0 else "")
            said.append(f"not opened, so their size is unknown: {names}")
        return "; ".join(said)


def in_words(size: int) -> str:
    """A size for people.

    >>> in_words(900), in_words(3_400_000), in_words(2_000_000_000)
    ('900 bytes', '3.4 MB', '2.0 GB')
    """
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size} bytes"


def chosen(root: Path, include: Sequence[str] = ()) -> Chosen:
    """Choose what is copied from ``root``. Files that match a pattern of ``include`` are copied in
    any case.

    Raises:
        BadInput: a pattern leads out of the folder, or matches no file in it.
    """
    walk = _Walk(root, _included(root, [include] if isinstance(include, str) else include))
    walk.run()
    return Chosen(
        files=tuple(sorted(walk.files)),
        folders=tuple(sorted(walk.folders)),
        left_out=(len(walk.left), walk.size),
        left=tuple(sorted(walk.left)),
        biggest=tuple((path, size) for size, path in sorted(walk.biggest, reverse=True)),
        kinds=walk.biggest_kinds(),
        unentered=tuple(sorted(walk.unentered)),
        databases=tuple(sorted(walk.databases)),
    )


@dataclass
class Inside:
    """What is directly in a folder: its files, its links, the ``folders`` to enter, and those that
    stay ``unentered``."""

    folders: list[os.DirEntry[str]] = field(default_factory=list)
    files: list[os.DirEntry[str]] = field(default_factory=list)
    links: list[os.DirEntry[str]] = field(default_factory=list)
    unentered: list[os.DirEntry[str]] = field(default_factory=list)


def look(folder: Path, top: bool = False) -> Inside | None:
    """What is directly in a folder; ``None`` if it cannot be read or is an environment. If ``top``
    is true, or if it has a manage.py, it is entered even if it is an environment.
    """
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return None
    names = {each.name for each in entries}
    never = NEVER_ENTERED
    if not names.isdisjoint(("pyvenv.cfg", "conda-meta")):
        if not top and "manage.py" not in names:
            return None
        never |= _OF_ENVIRONMENT
    inside = Inside()
    for each in entries:
        # Only newer Pythons know what a junction is.
        if each.is_symlink() or getattr(each, "is_junction", bool)():
            inside.links.append(each)
        elif each.is_dir(follow_symlinks=False):
            (inside.unentered if each.name in never else inside.folders).append(each)
        elif each.is_file(follow_symlinks=False):
            inside.files.append(each)
    return inside


class _Walk:
    """Walks through a folder and everything in it, and collects what is copied and what is not."""

    def __init__(self, root: Path, included: frozenset[str]) -> None:
        self.root, self.included = root, included
        self.files = set(included)
        self.folders: list[str] = []
        self.unentered: list[str] = []
        self.databases: list[str] = []
        self.left: list[str] = []
        self.size = 0
        self.biggest: list[tuple[int, str]] = []
        self.kinds: dict[str, tuple[int, int]] = {}

    def run(self) -> None:
        waiting = [""]
        while waiting:
            path = waiting.pop()
            inside = look(self.root / path, top=not path)
            if inside is None:
                self.unentered.append(path.rstrip("/") or ".")
                continue
            if path:
                self.folders.append(path.rstrip("/"))
            waiting += [f"{path}{each.name}/" for each in inside.folders]
            self.unentered += [
                path + each.name for each in inside.unentered if each.name != "__pycache__"
            ]
            for each in inside.links:
                self.leave(path + each.name, 0)
            self.sort_out(path, inside.files)

    def sort_out(self, folder: str, entries: list[os.DirEntry[str]]) -> None:
        """Copy, or leave out, each of the files of a folder."""
        databases = {each.name for each in entries if is_database(each)}
        sidecars = {name + ending for name in databases for ending in SIDECARS}
        self.databases += [folder + name for name in databases]
        for each in entries:
            if each.name in databases or each.name in sidecars:
                continue
            try:
                size = each.stat(follow_symlinks=False).st_size
            except OSError:
                continue
            if size <= limit(folder + each.name) and os.access(each.path, os.R_OK):
                self.files.add(folder + each.name)
            else:
                self.leave(folder + each.name, size)

    def leave(self, path: str, size: int) -> None:
        """Note a file that is left out."""
        if path in self.included:
            return
        self.left.append(path)
        self.size += size
        push = heapq.heappush if len(self.biggest) < _TOLD else heapq.heappushpop
        push(self.biggest, (size, path))
        ending = os.path.splitext(path)[1].lower()
        count, known = self.kinds.get(ending, (0, 0))
        self.kinds[ending] = (count + 1, known + size)

    def biggest_kinds(self) -> tuple[tuple[str, int, int], ...]:
        """The kinds of files that were left out and take the most space, biggest first: ending, how
        many, their size."""
        kinds = sorted(self.kinds.items(), key=lambda each: (-each[1][1], each[0]))
        return tuple((ending, count, size) for ending, (count, size) in kinds[:_TOLD])


def limit(path: str) -> int:
    """How big a file at this path may be to be copied, in bytes; below zero if it is never copied.

    >>> limit("models.py") > limit("report.xyz") > limit("logo.png")
    True
    >>> limit("fixtures/first.json.gz") > limit("rates.csv.gz") > limit("dist.tar.gz")
    True
    """
    folder, _, name = path.rpartition("/")
    rest, ending = os.path.splitext(name.lower())
    if ending in COMPRESSED:
        inner = os.path.splitext(rest)[1]
        if inner in _SERIALIZED or (folder.rpartition("/")[2] == "fixtures" and inner != ".tar"):
            return TEXT_LIMIT
        return OTHER_LIMIT if inner in TEXT else -1
    if ending in NEVER:
        return -1
    return TEXT_LIMIT if not ending or ending in TEXT or name.startswith(".env") else OTHER_LIMIT


def is_database(entry: os.DirEntry[str] | Path) -> bool:
    """Whether a file is a database."""
    # Most files of a project end so, and opening each takes long.
    if entry.name.endswith((".py", ".html", ".po")) or limit(entry.name) < 0:
        return False
    try:
        with open(entry, "rb") as file:
            return begins_database(file.read(BEGINNING))
    except OSError:
        return False


def _included(root: Path, include: Sequence[str]) -> frozenset[str]:
    """The files that match one of the patterns. If a folder matches, all files in it count."""
    wanted: set[str] = set()
    for pattern in include:
        files = {
            file.relative_to(root).as_posix()
            for fit in _fits(root, pattern)
            for file in _files_of(fit)
        }
        if not files:
            raise BadInput(
                f"the include pattern {shown(pattern)} does not match any file in {root}; "
                "give one such as 'data/*.bin', or a folder"
            )
        wanted |= files
    return frozenset(wanted)


def _fits(root: Path, pattern: str) -> list[Path]:
    path = Path(pattern)
    if not pattern or path.is_absolute() or path.drive or ".." in path.parts:
        raise BadInput(
            f"the include pattern {shown(pattern)} leads outside the project's folder; "
            "give one such as 'data/*.bin'"
        )
    try:
        # ``glob`` does not take the folder itself.
        return [*root.glob(pattern)] if path.parts else [root]
    except (ValueError, OSError) as error:
        why = (error.strerror if isinstance(error, OSError) else "") or error
        raise BadInput(f"{shown(pattern)} is not a valid include pattern: {why}") from None


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for folder, _, names in os.walk(path):
            yield from (file for name in names if (file := Path(folder, name)).is_file())
