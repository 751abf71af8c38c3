"""The table of contents, made from the lessons themselves: a line and a small picture for each; and
the cheat sheet as it is printed."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbconvert.filters.markdown import markdown2html

ROOT = Path(__file__).resolve().parents[2]
LESSONS = ROOT / "notebooks"
PAGE = LESSONS / "README.md"
PICTURES = LESSONS / "pictures"
SHEET = LESSONS / "CHEAT_SHEET.md"
#: JupyterLab prints no Markdown; a browser prints this.
PRINTED = SHEET.with_suffix(".html")

#: The cell whose last picture stands in the contents has this tag.
TAG = "picture"

_TOP = """# The lessons

Read them in this order. Each takes 15 to 25 minutes, and each has a lab of its own.
The [cheat sheet](CHEAT_SHEET.md) has the commands on one page, and the [glossary](GLOSSARY.md)
explains the words. To continue a lesson on another day, run `%resume` with one of its headings, in
a cell of its own. This brings the lab to the start of that part: run its cells from there. To print
the cheat sheet, right-click `CHEAT_SHEET.html` in JupyterLab, choose *Open in New Browser Tab*, and
print that tab.

| | lesson | minutes | |
|---|---|---|---|
"""
_BOTTOM = """
To explore, with the practice project or with your own: [The explorer](explore/explorer.ipynb),
[What if? A revert rehearsed on a copy](explore/what_if.ipynb),
[The same command on another database](explore/engines.ipynb).
"""
_FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Cheat sheet: Django migrations</title>
<style>
@page {{ margin: 1cm }}
body {{ font: 10pt/1.35 sans-serif; max-width: 19cm; margin: 1em auto }}
body {{ color: #000; background: #fff }}
h1 {{ font-size: 16pt; margin: 0 }}
.anchor-link {{ display: none }}
p {{ margin: 0.6em 0 }}
table {{ border-collapse: collapse; width: 100%; margin: 0.8em 0 }}
th, td {{ text-align: left; vertical-align: top; padding: 0.2em 0.5em }}
tr {{ border-bottom: 1px solid #999 }}
code {{ font-size: 9pt; white-space: pre-wrap }}
</style>
</head>
<body>
{}</body>
</html>
"""


@dataclass(frozen=True)
class Lesson:
    """What the contents say of one notebook; ``picture`` is an SVG and ``alt`` its words."""

    path: Path
    title: str
    about: str
    minutes: int
    picture: bytes
    alt: str


def lessons() -> list[Lesson]:
    """The lessons in reading order."""
    return [lesson(path) for path in sorted(LESSONS.glob("*.ipynb"))]


def lesson(path: Path) -> Lesson:
    """What a notebook says of itself."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    about = notebook["metadata"]["miglab"]
    title = "".join(notebook["cells"][0]["source"]).splitlines()[0].removeprefix("# ")
    tagged = [each for each in notebook["cells"] if TAG in each["metadata"].get("tags", ())]
    pictures = [found for each in tagged for found in _pictures(each)]
    picture, alt = pictures[-1] if pictures else (b"", "")
    return Lesson(path, title, about["about"], about["minutes"], picture, alt)


def _pictures(cell: dict[str, Any]) -> list[tuple[bytes, str]]:
    """Each picture of a cell: the SVG, and the first line of its words."""
    pages = ["".join(each.get("data", {}).get("text/html", "")) for each in cell["outputs"]]
    found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]*)"', "".join(pages))
    return [(base64.b64decode(data), html.unescape(words).splitlines()[0]) for data, words in found]


def page() -> str:
    """The contents as Markdown."""
    lines = []
    for number, each in enumerate(lessons()):
        image = (
            f'<img src="pictures/{each.path.stem}.svg" alt="{html.escape(each.alt)}" width="260">'
            if each.picture
            else ""
        )
        lines.append(
            f"| {number} | [{each.title}]({each.path.name})<br>{each.about} | {each.minutes} "
            f"| {image} |\n"
        )
    return _TOP + "".join(lines) + _BOTTOM


def printed() -> str:
    """The cheat sheet as a page for a printer."""
    return _FRAME.format(markdown2html(SHEET.read_text(encoding="utf-8")))


def write() -> None:
    """Store the contents, the pictures and the cheat sheet."""
    PICTURES.mkdir(exist_ok=True)
    known = {f"{each.path.stem}.svg": each.picture for each in lessons() if each.picture}
    for path in PICTURES.glob("*.svg"):
        if path.name not in known:
            path.unlink()
    for name, picture in known.items():
        (PICTURES / name).write_bytes(picture)
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    PRINTED.write_text(printed(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
