"""A picture is always there: each engine draws it, and one that fails leaves it to the next."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import graphviz
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miglab.draw import engines
from miglab.draw.words import sentence_of
from miglab.errors import CannotDraw, UnknownName
from miglab.facts.migration import Key
from miglab.facts.picture import Node, Picture, State

from .samples import edges, history, long_chain, node, picture, three_apps

THERE = engines.available()
EVERY_STATE = picture(
    *(
        node(f"store.{number:04}_{state.name.lower()}", state, changed=number % 2 == 0, target=True)
        for number, state in enumerate(State, 1)
    )
)
ODD = picture(
    Node(Key("münze", '0001_<script>&"quote"'), State.APPLIED, leaf=True),
    Node(Key("münze", "0002_漢字_'x'\\N"), State.BROKEN, target=True),
    edges=((Key("a&b", "0001_<gone>"), Key("münze", "0002_漢字_'x'\\N")),),
    sentence='1 < 2 & it\'s "fine"\x00.',
)
SVG = "{http://www.w3.org/2000/svg}"


def titles(root: ElementTree.Element) -> list[str]:
    """The titles of the cards, which say each migration's whole name and its state."""
    return [
        group.findtext(f"{SVG}title", "")
        for group in root.iter(f"{SVG}g")
        if group.get("class", "").startswith("node")
    ]


def fail(*_: object) -> str:
    raise RuntimeError("broken")


@pytest.mark.parametrize("engine", THERE)
@pytest.mark.parametrize(
    "drawn", [history(), three_apps(), EVERY_STATE, ODD, long_chain(40), picture()]
)
def test_every_engine_draws_every_migration(engine: str, drawn: Picture) -> None:
    text = engines.svg(drawn, engine=engine)
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    told = " ".join(titles(root))
    for each in drawn.nodes:
        assert str(each.key) in told
    words = "".join(each.text or "" for each in root.iter(f"{SVG}text"))
    for each in drawn.nodes:
        assert each.state.glyph in words


@pytest.mark.parametrize("engine", THERE)
@pytest.mark.parametrize("drawn", [history(), ODD])
def test_every_picture_is_an_image_with_one_sentence(engine: str, drawn: Picture) -> None:
    text = engines.svg(drawn, engine=engine)
    root = ElementTree.fromstring(text)
    assert text.startswith("<svg ")
    assert "<!--" not in text
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == root.get("aria-label") == sentence_of(drawn)
    assert float(root.get("width", "")) > 0
    assert float(root.get("height", "")) > 0
    assert root.get("viewBox", "").startswith("0 0 ")


@pytest.mark.parametrize("engine", THERE)
def test_ids_are_those_of_the_migrations_with_the_prefix(engine: str) -> None:
    root = ElementTree.fromstring(engines.svg(history(), engine=engine, prefix="a-"))
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert sorted(map(str, ids)) == [f"a-{each.key}" for each in history().nodes]


@pytest.mark.parametrize("engine", THERE)
def test_the_same_picture_gives_the_same_image(engine: str) -> None:
    assert engines.svg(three_apps(), engine=engine) == engines.svg(three_apps(), engine=engine)


@pytest.mark.parametrize("engine", THERE)
def test_an_app_without_migrations_says_so(engine: str) -> None:
    assert "(no migrations)" in engines.svg(picture(apps=("blog",)), engine=engine)


NAMES = st.text(st.characters(exclude_categories=()), min_size=1, max_size=60)
KEYS = st.builds(Key, st.sampled_from(["store", "blog", "a b"]), NAMES)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    keys = draw(st.lists(KEYS, max_size=6, unique=True))
    states, flags = st.sampled_from(State), st.booleans()
    nodes = [
        Node(each, draw(states), target=draw(flags), leaf=draw(flags), changed=draw(flags))
        for each in keys
    ]
    ends = st.sampled_from([*keys, Key("gone", "0001_x")])
    links = draw(st.lists(st.tuples(ends, ends), max_size=6)) if keys else []
    apps = tuple(draw(st.lists(st.sampled_from(["store", "empty"]), unique=True)))
    return Picture(draw(NAMES), draw(NAMES), apps, tuple(nodes), tuple(links), draw(st.just(2)))


@given(pictures())
@settings(max_examples=40)
def test_any_facts_at_all_give_a_well_formed_image(drawn: Picture) -> None:
    for engine in THERE:
        root = ElementTree.fromstring(engines.svg(drawn, engine=engine))
        assert len(titles(root)) >= len(drawn.nodes)


def test_engines_are_tried_in_order_and_lanes_are_always_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def noting(name: str, draw: Callable[[Picture, str], str]) -> Callable[[Picture, str], str]:
        def noted(drawn: Picture, prefix: str) -> str:
            tried.append(name)
            return draw(drawn, prefix)

        return noted

    for name in ("dot", "pygraphviz"):
        monkeypatch.setitem(engines._DRAW, name, noting(name, fail))
    monkeypatch.setitem(engines._DRAW, "lanes", noting("lanes", engines._DRAW["lanes"]))
    assert engines.svg(history()).startswith("<svg ")
    assert tried == ["dot", "pygraphviz", "lanes"]
    assert THERE[-1] == "lanes"


def test_the_environment_may_name_the_engine_to_try_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGLAB_ENGINE", "lanes")
    assert engines.available()[0] == "lanes"
    assert engines.describe() == "plain lanes (MIGLAB_ENGINE asks for them)"
    assert engines.svg(history()) == engines.svg(history(), engine="lanes")


def test_an_unknown_engine_is_refused_with_the_names_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(UnknownName, match="'neato'; choose from: dot, pygraphviz, lanes"):
        engines.svg(history(), engine="neato")
    monkeypatch.setenv("MIGLAB_ENGINE", "neato")
    with pytest.raises(UnknownName, match="in MIGLAB_ENGINE"):
        engines.svg(history())


def test_an_engine_that_was_asked_for_by_name_does_not_give_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(engines._DRAW, "pygraphviz", fail)
    with pytest.raises(CannotDraw, match="pygraphviz could not lay out this picture: broken"):
        engines.svg(history(), engine="pygraphviz")


def test_without_dot_on_the_path_the_next_engine_draws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "dot" not in engines.available()
    assert engines.svg(history()).startswith("<svg ")
    with pytest.raises(CannotDraw, match="no dot on the PATH"):
        engines.svg(history(), engine="dot")


def test_without_pygraphviz_the_lanes_draw(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    engines._pygraphviz_version.cache_clear()
    try:
        assert engines.available() == ["lanes"]
        assert engines.describe() == "plain lanes (no graphviz engine found)"
        assert engines.svg(history()) == engines.svg(history(), engine="lanes")
    finally:
        engines._pygraphviz_version.cache_clear()


def test_a_program_that_only_looks_like_dot_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\nexit 127\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "dot" not in engines.available()
    assert engines.svg(history()).startswith("<svg ")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_dot_on_the_path_comes_first_and_its_words_do_not_reach_the_learner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "dot"
    answer = graphviz_like(history())
    program.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = "-V" ]; then echo "dot - graphviz version 9.8.7 (0)" >&2; exit 0; fi\n'
        "while read -r line; do :; done\n"
        "echo noise >&2\n"
        f"while IFS= read -r line; do echo \"$line\"; done <<'END'\n{answer}\nEND\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert engines.describe() == "dot 9.8.7 on the PATH"
    assert engines.svg(history()) == engines.svg(history(), engine="dot")
    assert "42,9" in engines.svg(history())
    assert capfd.readouterr() == ("", "")


def graphviz_like(drawn: Picture) -> str:
    """A little of what dot would write."""
    groups = "".join(
        f'<g id="{each.key}" class="node"><title>{each.key}</title><g id="a_x">'
        f'<a xlink:title="{each.key}"><polygon points="0,0 42,0 42,9 0,9"/>'
        f'<text text-anchor="start" x="1.25" y="2">{each.key.name}</text></a></g></g>'
        for each in drawn.nodes
    )
    return (
        '<?xml version="1.0"?><!-- made --><svg width="10pt" height="9pt" viewBox="0.00 0.00 10 9" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<g id="graph0" class="graph"><title>%3</title>{groups}</g></svg>'
    )


def test_a_layout_that_lost_its_labels_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphviz without its HTML parser draws the cards and leaves out what they say."""
    empty = graphviz_like(history()).replace("<text", "<path").replace("</text>", "</path>")
    monkeypatch.setattr(graphviz, "pipe_string", lambda *_, **__: empty)
    monkeypatch.setattr(shutil, "which", lambda _: "dot")
    with pytest.raises(CannotDraw, match="left a label out"):
        engines.svg(history(), engine="dot")


def test_a_picture_too_large_for_dot_goes_to_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engines._DRAW, "dot", fail)
    large = long_chain(engines.LAID_OUT + 1)
    assert engines.svg(large) == engines.svg(large, engine="lanes")


@pytest.mark.skipif("pygraphviz" not in THERE, reason="pygraphviz is not installed")
def test_pygraphviz_says_its_versions_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    assert engines._pygraphviz_version().startswith("pygraphviz ")  # type: ignore[union-attr]
    engines.svg(ODD, engine="pygraphviz")
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif("pygraphviz" not in THERE, reason="pygraphviz is not installed")
def test_threads_may_draw_at_the_same_time() -> None:
    wanted = engines.svg(three_apps(), engine="pygraphviz")
    found: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(engines.svg(three_apps(), engine="pygraphviz"))
        )
        for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [wanted] * 4


def test_an_edge_across_apps_is_dashed_in_lanes() -> None:
    drawn = picture(node("a.0001_x"), node("b.0001_x"), edges=edges("a.0001_x b.0001_x"))
    assert "stroke-dasharray" in engines.svg(drawn, engine="lanes")
