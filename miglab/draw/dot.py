"""A picture of the migration graph as DOT text: the one place where a graph becomes DOT."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from ..facts.migration import Key
from ..facts.picture import Node, Picture
from .colours import CHANGED_WIDTH, FONT, GREY, INK, NO_FILE, QUIET, Look, look_of
from .names import classes, ident, names_of, safe
from .places import held
from .words import (
    Words,
    briefly,
    footnote,
    heading,
    lanes_of,
    leaves_of,
    words_of,
    words_of_missing,
)

if TYPE_CHECKING:
    from graphviz import Digraph

#: A picture runs from left to right if it has at most this many nodes, and its longest path too.
#: A page would shrink a wider picture until nobody could read it.
WIDE_NODES, WIDE_STEPS = 30, 8

_SHAPES = {
    "round": {"shape": "box", "style": "filled,rounded"},
    "square": {"shape": "box"},
    "struck": {"shape": "box", "style": "filled,diagonals"},
    "cut": {"shape": "octagon", "margin": "0.03,0"},
    "tab": {"shape": "tab"},
    "forward": {"shape": "cds", "margin": "0.22,0.12"},
    "backward": {"shape": "cds", "margin": "0.22,0.12", "orientation": "180"},
}


def dot(picture: Picture, prefix: str = "") -> str:
    """The picture as DOT text; the same picture gives the same text.

    Args:
        picture: what to draw.
        prefix: put before every id, so that several pictures can stand on one page.
    """
    # Here, since the import takes longer than drawing does.
    from graphviz import Digraph

    wide, many = is_wide(picture), len(picture.nodes) > WIDE_NODES
    graph = Digraph(
        graph_attr={
            "rankdir": "LR" if wide else "TB",
            "bgcolor": "transparent",
            "fontname": FONT,
            "fontcolor": QUIET,
            "fontsize": "14",
            "labeljust": "l",
            "labelloc": "b",
            "nodesep": "0.12" if wide else "0.2" if many else "0.34",
            "ranksep": "0.42" if wide else "0.15" if many else "0.36",
            "pad": "0",
            "margin": "0",
        },
        node_attr={
            "fontname": FONT,
            "fontcolor": INK,
            "fontsize": "13",
            "style": "filled",
            "margin": "0.15,0.06",
            "height": "0.1",
            "width": "0.1",
        },
        edge_attr={"color": GREY, "arrowsize": "0.7", "penwidth": "1.6"},
    )
    if len(picture.nodes) > 100:
        # Limit the search for shorter edges: in large pictures, it takes the most time.
        graph.attr(nslimit="0.5", mclimit="0.05")
    if footnote(picture):
        graph.attr(label=footnote(picture))
    nodes = {node.key: node for node in picture.nodes}
    leaves, order = leaves_of(picture), lanes_of(picture)
    brief = names_of(nodes, briefly) if many else {}
    for label in order:
        with graph.subgraph(name=f"cluster_{safe(label)}") as cluster:
            cluster.attr(
                label=f"<<B>{html.escape(heading(label, leaves[label]))}</B>>",
                labelloc="t",
                color=GREY,
                style="rounded",
                margin="7",
            )
            for key in order[label]:
                if key in nodes:
                    _node(cluster, nodes[key], leaves[label], brief.get(key), prefix)
                else:
                    words = words_of_missing(key)
                    _card(cluster, key, words, NO_FILE, prefix, "missing")
            if not order[label]:
                _nothing(cluster, f"nothing in {label}")
    if not order:
        _nothing(graph, "nothing")
    for parent, child in _edges(picture):
        if parent.app_label == child.app_label:
            look = {"weight": "4"}
        else:
            look = {"style": "dashed", "penwidth": "1.1", "class": "across"}
        graph.edge(ident(parent), ident(child), **look)
    for parent, child in held(picture):
        if (parent, child) not in picture.edges:
            graph.edge(ident(parent), ident(child), style="invis", weight="4")
    return str(graph.source)


def is_wide(picture: Picture) -> bool:
    """Whether the picture runs from left to right; from top to bottom otherwise."""
    if len(picture.nodes) > WIDE_NODES:
        return False
    return _longest(picture) <= WIDE_STEPS


def _longest(picture: Picture) -> int:
    """How many nodes the longest path has; a cycle counts as far as it was followed."""
    children: dict[Key, list[Key]] = {}
    for parent, child in _edges(picture):
        children.setdefault(parent, []).append(child)
    known: dict[Key, int] = {}

    def longest(key: Key) -> int:
        if key not in known:
            known[key] = 1
            known[key] = 1 + max((longest(child) for child in children.get(key, ())), default=0)
        return known[key]

    return max((longest(key) for key in list(children)), default=1)


def _edges(picture: Picture) -> list[tuple[Key, Key]]:
    """The edges in the order of the nodes, whatever order they came in."""
    places = {node.key: place for place, node in enumerate(picture.nodes)}
    edges = {edge for edge in picture.edges if edge[1] in places}
    return sorted(edges, key=lambda edge: (places[edge[1]], places.get(edge[0], -1), edge[0]))


def _node(graph: Digraph, node: Node, leaves: int, brief: str | None, prefix: str) -> None:
    look = look_of(node)
    extra = {"penwidth": f"{CHANGED_WIDTH:g}"} if node.changed else {}
    if node.target:
        extra["peripheries"] = "2"
    _card(graph, node.key, words_of(node, leaves, brief), look, prefix, classes(node), **extra)


def _card(
    graph: Digraph, key: Key, words: Words, look: Look, prefix: str, names: str, **extra: str
) -> None:
    attributes = {
        **_SHAPES[look.shape],
        "fillcolor": look.fill,
        "color": look.border,
        "penwidth": f"{look.width:g}",
        "id": ident(key, prefix),
        "class": names,
        "tooltip": _escape(words.tooltip),
        **extra,
    }
    if look.line != "solid":
        attributes["style"] = f"{attributes.get('style', 'filled')},{look.line}"
    graph.node(ident(key), _label(words), **attributes)


def _label(words: Words) -> str:
    """A label in DOT's own kind of HTML, the only syntax in which lines can have different
    sizes."""
    lines = [f'<FONT POINT-SIZE="16"><B>{html.escape(words.big)}</B></FONT>']
    lines += [html.escape(line) for line in words.name]
    lines += [f'<FONT POINT-SIZE="12"><I>{html.escape(line)}</I></FONT>' for line in words.marks]
    return f"<{'<BR/>'.join(lines)}>"


def _nothing(graph: Digraph, name: str) -> None:
    graph.node(safe(name), "(no migrations)", shape="plaintext", style="", fontcolor=QUIET)


def _escape(text: str) -> str:
    """Text, escaped so that DOT shows it unchanged. A backslash has a meaning in DOT, even a
    doubled one."""
    return text.replace("&", "&amp;").replace("\\", "&#92;")
