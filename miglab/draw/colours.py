"""How each state looks: one table of shapes, borders and colours for every engine.

The cards are light with dark text, and text that lies on the page itself has a light plate of its
own. The lines between them are a middle grey. So a picture can be read on a white page and
on a near-black one. Glyph, words, shape and border carry the state; the colour only repeats it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..facts.picture import Node, State

INK = "#1A1A1A"
#: Lines on the page itself. No grey has enough contrast for text on both pages.
GREY = "#767676"
#: Text beside the cards, and the plate that it lies on.
QUIET, PLATE = "#4D4D4D", "#EDEDED"
#: The two pages on which a picture must be readable: JupyterLab's light and dark themes.
PAGES = ("#FFFFFF", "#111111")
FONT = "Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Look:
    """A card's look.

    ``shape`` is ``round``, ``square``, ``forward``, ``backward``, ``cut`` (no corners),
    ``struck`` (a line across each corner) or ``tab``; ``line`` is ``solid``, ``dashed`` or
    ``dotted``.
    """

    fill: str
    border: str
    width: float = 1.5
    line: str = "solid"
    shape: str = "round"


LOOKS = {
    State.APPLIED: Look("#CFE8F7", "#0072B2"),
    State.UNAPPLIED: Look("#FFFFFF", GREY, width=1),
    State.GHOST: Look("#E4E4E4", GREY, width=2, line="dotted", shape="square"),
    State.UNSEEN: Look("#E4E4E4", GREY, width=2, line="dotted"),
    State.FAKED: Look("#F5DCEA", "#B0437F", line="dashed", shape="struck"),
    State.NOT_IN_TABLES: Look("#F5DCEA", "#B0437F", shape="struck"),
    State.BROKEN: Look("#F9D6CF", "#C8372D", shape="cut"),
    State.TO_APPLY: Look("#D3EFDF", "#007D5E", width=2.5, shape="forward"),
    State.TO_UNAPPLY: Look("#F6C667", "#C25400", width=2.5, shape="backward"),
    State.PULLED_IN: Look("#FBE3B0", "#8A5A00", width=2, line="dashed", shape="square"),
    State.REPLACED: Look("#EFEFEF", GREY, width=1, line="dashed", shape="tab"),
}
#: A migration that costs something to unapply: a thick arrow back, whatever its state.
COSTLY = Look("#F6C667", "#C25400", width=2.5, shape="backward")
#: A migration that another one depends on, but that has no file.
NO_FILE = Look("#F7F7F7", GREY, width=1.5, line="dotted", shape="square")
#: How wide the border of a migration is that the shown step has changed.
CHANGED_WIDTH = 4.0


def look_of(node: Node) -> Look:
    """How a migration's card looks."""
    return COSTLY if node.costly else LOOKS[node.state]


#: One of the four truths, the rows, and a truth that cannot be read.
TRUTH = Look("#F4F8FB", "#4A7FA5")
ROWS = Look("#FFF6E0", "#8A5A00")
UNREADABLE = Look("#E4E4E4", GREY, width=2, line="dotted", shape="square")
#: Whether two neighbours agree: yes, no, cannot tell.
VERDICTS = {
    True: Look("#D3EFDF", "#007D5E"),
    False: Look("#F6C667", "#C25400", width=2.5, shape="cut"),
    None: Look("#EFEFEF", GREY, line="dashed", shape="square"),
}
