"""DOT text: each state in glyph, words, shape and border; apps as clusters; the same every time."""

from __future__ import annotations

import re

import pytest

from miglab.draw.colours import GREY, LOOKS
from miglab.draw.dot import dot, is_wide
from miglab.facts.migration import Key
from miglab.facts.picture import Picture, State

from .samples import edges, history, long_chain, node, picture, three_apps


def line_of(text: str, name: str) -> str:
    """The line that draws the node of that name."""
    return next(line for line in text.splitlines() if line.strip().startswith(f'"{name}" [label'))


def attribute(line: str, name: str) -> str:
    found = re.search(rf'\b{name}=("[^"]*"|\S+?)[\s\]]', line)
    return found[1].strip('"') if found else ""


@pytest.mark.parametrize("state", State)
def test_each_state_has_its_glyph_word_colours_and_meaning(state: State) -> None:
    line = line_of(dot(picture(node("store.0001_initial", state))), "store.0001_initial")
    assert f"<B>{state.glyph} 0001</B>" in line
    plain = state in (State.APPLIED, State.UNAPPLIED)
    assert (f"<I>{state.word}</I>" in line) is not plain
    assert attribute(line, "fillcolor") == LOOKS[state].fill
    assert attribute(line, "color") == LOOKS[state].border
    assert attribute(line, "tooltip") == f"store.0001_initial — {state.word}: {state.meaning}"
    assert attribute(line, "class") == state.name.lower().replace("_", "-")


@pytest.mark.parametrize(
    ("state", "shape", "style"),
    [
        (State.APPLIED, "box", "filled,rounded"),
        (State.UNAPPLIED, "box", "filled,rounded"),
        (State.GHOST, "box", "filled,dotted"),
        (State.NOT_IN_TABLES, "box", "filled,diagonals"),
        (State.BROKEN, "octagon", ""),
        (State.TO_APPLY, "cds", ""),
        (State.TO_UNAPPLY, "cds", ""),
        (State.PULLED_IN, "box", "filled,dashed"),
        (State.REPLACED, "tab", "filled,dashed"),
    ],
)
def test_shape_and_border_carry_the_state(state: State, shape: str, style: str) -> None:
    line = line_of(dot(picture(node("store.0001_initial", state))), "store.0001_initial")
    assert (attribute(line, "shape"), attribute(line, "style")) == (shape, style)
    assert (attribute(line, "orientation") == "180") is (state is State.TO_UNAPPLY)


def test_each_app_is_a_cluster_with_its_label() -> None:
    text = dot(three_apps())
    assert re.findall(r'subgraph (\w+) \{\s*color="#767676" label=<<B>(\w+)</B>>', text) == [
        ("cluster_accounts", "accounts"),
        ("cluster_marketplace", "marketplace"),
        ("cluster_media", "media"),
    ]


def test_an_app_without_migrations_says_so() -> None:
    assert "(no migrations)" in dot(picture(apps=("blog",)))
    assert "(no migrations)" in dot(picture())


def test_edges_lead_from_parent_to_child_and_are_dashed_across_apps() -> None:
    """
    accounts     0001 ─ 0002
                   ┆
    marketplace  0001
    """
    found = [line.strip() for line in dot(three_apps()).splitlines() if "->" in line]
    inside = '"accounts.0001_initial" -> "accounts.0002_split_full_name" [weight=4]'
    across = '"accounts.0001_initial" -> "marketplace.0001_initial" [class=across'
    assert inside in found
    assert any(line.startswith(across) and "style=dashed" in line for line in found)
    assert len(found) == 8


def test_a_parent_that_no_file_has_is_drawn_dotted() -> None:
    """
    (0002) ─ 0003
    """
    gap = picture(
        node("store.0003_x", State.UNAPPLIED), edges=edges("store.0002_gone store.0003_x")
    )
    text = dot(gap)
    line = line_of(text, "store.0002_gone")
    assert "no such file" in line
    assert attribute(line, "style") == "filled,dotted"
    assert '"store.0002_gone" -> "store.0003_x"' in text


def test_an_edge_to_a_child_that_is_not_shown_is_left_out() -> None:
    assert "->" not in dot(picture(node("store.0001_x"), edges=edges("store.0001_x blog.0001_x")))


def test_the_target_has_a_double_border_and_a_word() -> None:
    line = line_of(dot(picture(node("store.0002_x", target=True))), "store.0002_x")
    assert attribute(line, "peripheries") == "2"
    assert "◎ target" in line
    assert attribute(line, "class") == "applied target"


def test_the_leaf_is_marked_as_the_latest() -> None:
    text = dot(history())
    assert ["latest" in line_of(text, f"store.{each.key.name}") for each in history().nodes] == [
        False,
        False,
        False,
        False,
        True,
    ]


def test_two_leaves_are_shown_as_a_conflict() -> None:
    """
           ┌─ 0002_a
    0001 ──┤
           └─ 0002_b
    """
    fork = picture(
        node("store.0001_x"),
        node("store.0002_a", leaf=True),
        node("store.0002_b", leaf=True),
        edges=edges("store.0001_x store.0002_a", "store.0001_x store.0002_b"),
    )
    text = dot(fork)
    assert "store — conflict: 2 leaves" in text
    assert text.count("one of 2 leaves") == 2


def test_what_changed_has_a_thick_border_and_a_word() -> None:
    changed = line_of(dot(picture(node("store.0001_x", changed=True))), "store.0001_x")
    still = line_of(dot(picture(node("store.0001_x"))), "store.0001_x")
    assert "now: applied" in changed
    assert float(attribute(changed, "penwidth")) > 2 * float(attribute(still, "penwidth"))


def test_what_is_left_out_is_said_below() -> None:
    assert "18 migrations of other apps are not shown" in dot(picture(hidden=18))


def test_a_picture_runs_to_the_right_until_it_would_be_too_wide_to_read() -> None:
    assert "rankdir=LR" in dot(history())
    assert is_wide(long_chain(8))
    assert not is_wide(long_chain(9))
    assert "rankdir=TB" in dot(long_chain(9))
    many = picture(*(node(f"app{number}.0001_x") for number in range(31)))
    assert not is_wide(many)


def test_cards_of_a_picture_of_many_have_one_line_of_their_name() -> None:
    long = "store.0002_add_price_to_product"
    others = [node(f"app{number}.0001_x", leaf=True) for number in range(30)]
    many = dot(picture(node(long), *others))
    assert "✓ 0002</B></FONT><BR/>add_price_to_…>" in line_of(many, long)
    assert "latest" not in many
    assert "add_price_to_<BR/>product" in line_of(dot(picture(node(long), *others[1:])), long)


def test_edges_that_go_round_in_a_circle_can_be_drawn() -> None:
    circle = picture(
        node("a.0001_x"), node("b.0001_x"), edges=edges("a.0001_x b.0001_x", "b.0001_x a.0001_x")
    )
    assert dot(circle).count("->") == 2


def test_the_same_picture_gives_the_same_text_whatever_the_order_of_its_edges() -> None:
    one = three_apps()
    other = Picture(one.title, one.sentence, one.apps, one.nodes, one.edges[::-1])
    assert dot(one) == dot(one) == dot(other)


def test_ids_carry_the_prefix_and_names_do_not() -> None:
    text = dot(history(), prefix="a-")
    assert 'id="a-store.0001_initial"' in text
    assert '"store.0001_initial" -> ' in text
    assert text.replace("a-store", "store") == dot(history())


def test_the_page_shows_through_and_lines_are_grey() -> None:
    text = dot(three_apps())
    assert "bgcolor=transparent" in text
    assert f'edge [arrowsize=0.7 color="{GREY}"' in text


def test_names_that_mean_something_to_dot_are_only_names() -> None:
    odd = Key("shop", 'a"b:c<d>&e\\N')
    text = dot(picture(node("shop.0001_x"), edges=((odd, Key("shop", "0001_x")),)))
    assert "a&quot;b:c&lt;d&gt;&amp;e\\N" in text
    assert '"shop.a~22~b~3a~c~3c~d~3e~~26~e~5c~N" -> "shop.0001_x"' in text


def test_the_whole_text_of_a_small_picture_is_known() -> None:
    """
    0001 ─ 0002◎
    """
    small = picture(
        node("store.0001_initial"),
        node("store.0002_add_price", State.TO_APPLY, target=True, leaf=True),
        edges=edges("store.0001_initial store.0002_add_price"),
    )
    body = dot(small).partition("subgraph ")[2]
    assert body == (
        "cluster_store {\n"
        '\t\tcolor="#767676" label=<<B>store</B>> labelloc=t margin=7 style=rounded\n'
        '\t\t"store.0001_initial" [label=<<FONT POINT-SIZE="16"><B>✓ 0001</B></FONT><BR/>initial>'
        ' class=applied color="#0072B2" fillcolor="#CFE8F7" id="store.0001_initial" penwidth=1.5'
        ' shape=box style="filled,rounded"'
        ' tooltip="store.0001_initial — applied: has a file and is recorded as applied"]\n'
        '\t\t"store.0002_add_price" [label=<<FONT POINT-SIZE="16"><B>▸ 0002</B></FONT><BR/>'
        'add_price<BR/><FONT POINT-SIZE="12"><I>to apply</I></FONT><BR/>'
        '<FONT POINT-SIZE="12"><I>◎ target · latest</I></FONT>>'
        ' class="to-apply target leaf" color="#007D5E" fillcolor="#D3EFDF"'
        ' id="store.0002_add_price" margin="0.22,0.12" penwidth=2.5 peripheries=2 shape=cds'
        ' tooltip="store.0002_add_price — to apply: is about to be applied"]\n'
        "\t}\n"
        '\t"store.0001_initial" -> "store.0002_add_price" [weight=4]\n'
        "}\n"
    )
