"""The panel of the four truths: what each holds, whether neighbours agree, and why not."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from miglab.draw.panel import panel, panel_sentence, panel_text, stacked
from miglab.draw.told import tables_of
from miglab.facts.migration import BadFile, Key
from miglab.facts.schema import Schema
from miglab.facts.truths import Agreement, Files, Models, Record, Unreadable
from miglab.facts.view import View

from .samples import truths, view

DIFFER = Agreement(False, "1 migration is not applied.", ("store.0005_tag is not applied",))
UNSURE = Agreement(None, "A ghost may explain it.", ("store.0003 has no file",))
CLOSED = Unreadable("OperationalError: connection refused")


def texts(shown: View) -> str:
    """All the text of the picture, in order."""
    root = ElementTree.fromstring(panel(shown))
    return " ".join(each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text"))


def test_the_text_says_what_each_truth_holds_and_that_all_agree() -> None:
    assert panel_text(view()) == (
        "The four truths of store agree.\n"
        "  models  models.py                    3 models, 11 fields\n"
        "  files   migrations/*.py              5 files\n"
        "  record  the django_migrations table  5 recorded\n"
        "  tables  the database's own schema    4 tables, 13 columns\n"
        "  rows    the data in them             75 rows\n"
        "= models and files: agree. They say the same.\n"
        "= files and record: agree. They say the same.\n"
        "= record and tables: agree. They say the same."
    )


def test_where_they_differ_the_text_lists_each_thing() -> None:
    told = panel_text(view(files_record=DIFFER))
    assert told.splitlines()[0] == (
        "The four truths of store: models and files agree; files and record differ; "
        "record and tables agree."
    )
    assert (
        "≠ files and record: differ. 1 migration is not applied.\n    store.0005_tag is not applied"
    ) in told


def test_where_it_cannot_be_told_the_text_says_why() -> None:
    told = panel_text(view(record_tables=UNSURE))
    assert "record and tables: cannot tell." in told.splitlines()[0]
    assert (
        "? record and tables: cannot tell. A ghost may explain it.\n    store.0003 has no file"
    ) in told


def test_a_truth_that_cannot_be_read_says_why() -> None:
    closed = view(UNSURE, UNSURE, UNSURE, record=CLOSED, tables=CLOSED, rows=CLOSED)
    told = panel_text(closed)
    assert told.count("cannot be read: OperationalError: connection refused") == 3
    assert "5 files" in told
    assert texts(closed).count("cannot be read:") == 3


def test_a_long_list_of_differences_is_cut_and_counted() -> None:
    many = Agreement(False, "Much.", tuple(f"thing {number}" for number in range(25)))
    told = panel_text(view(many))
    assert "thing 19" in told
    assert "thing 20" not in told
    assert "    … and 5 more" in told


@pytest.mark.parametrize(("agreement", "sign"), [(DIFFER, "≠ differ"), (UNSURE, "? cannot tell")])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_picture_has_a_sign_between_neighbours(
    agreement: Agreement, sign: str, place: int
) -> None:
    same = Agreement(True, "Same.")
    first, second, third = (agreement if at == place else same for at in range(3))
    told = texts(view(first, second, third))
    assert told.count("= agree") == 2
    assert sign in told


def test_the_picture_shows_the_whole_spine() -> None:
    told = texts(view())
    for word in (
        *("what git keeps", "what only a backup keeps"),
        *("models", "files", "record", "tables", "rows"),
        *("makemigrations", "migrate", "--fake", "SQL by hand", "a revert", "can delete them"),
        *("3 models, 11 fields", "5 files", "5 recorded", "4 tables, 13 columns", "75 rows"),
    ):
        assert word in told


def test_the_picture_is_an_image_with_one_sentence() -> None:
    root = ElementTree.fromstring(panel(view()))
    assert root.get("role") == "img"
    assert root[0].text == root.get("aria-label") == panel_sentence(view())


def test_all_apps_are_counted_where_none_is_named() -> None:
    told = panel_text(view(apps=()))
    assert "The four truths agree." in told
    assert "4 models, 12 fields" in told
    assert "5 tables, 14 columns" in told
    assert "78 rows" in told


def test_the_record_is_not_counted_among_the_tables() -> None:
    assert "django_migrations" not in tables_of(["django_migrations", "a_b"], truths(), ())


def test_tables_go_to_the_model_that_claims_them() -> None:
    names = ["store_product", "store_product_tags", "blog_post", "store_left_over", "other"]
    assert tables_of(names, truths(), ("store",)) == [
        "store_product",
        "store_product_tags",
        "store_left_over",
    ]


def test_tables_go_by_the_longest_label_where_models_cannot_be_read() -> None:
    """``store_front_page`` is the app's with the longer name."""
    blind = truths(
        models=Unreadable("SyntaxError"), files=Files(("store", "store_front", "blog"), {})
    )
    names = ["store_product", "store_front_page", "blog_post"]
    assert tables_of(names, blind, ("store",)) == ["store_product"]
    blinder = truths(models=Unreadable("SyntaxError"), files=Unreadable("SyntaxError"))
    assert tables_of(names, blinder, ("store",)) == ["store_product", "store_front_page"]


def test_nothing_is_said_as_such() -> None:
    told = panel_text(
        view(
            models=Models({"store": {}}),
            files=Files(("store",), {}),
            record=Record((), exists=False),
            tables=Schema(),
            rows={},
        )
    )
    for words in ("no models, no fields", "no files", "no such table yet", "no tables", "no rows"):
        assert words in told
    assert "nothing recorded" in panel_text(view(record=Record(())))


def test_a_file_that_does_not_import_is_still_a_file() -> None:
    bad = Key("store", "0006_bad")
    told = panel_text(view(files=Files(("store",), {}, {bad: BadFile(bad, "", "", "SyntaxError")})))
    assert "1 file, 1 cannot be imported" in told


def test_odd_characters_are_text_and_nothing_else() -> None:
    odd = Agreement(False, "<b>&'\"漢字\x00", ("<i>\ud800",))
    shown = view(odd, models=Unreadable("<&>\x0b"), apps=("münze<",))
    assert "<b>&'\"漢字�" in texts(shown)
    assert "<i>�" in panel_text(shown)
    assert ElementTree.fromstring(panel(shown)) is not None


def test_the_panel_fits_a_notebook() -> None:
    assert float(ElementTree.fromstring(panel(view())).get("width", "0")) <= 960


def pieces(drawn: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text"))


def sizes(drawn: str) -> tuple[float, float]:
    root = ElementTree.fromstring(drawn)
    return float(root.get("width", "0")), float(root.get("height", "0"))


@pytest.mark.parametrize("draw", [panel, stacked])
@pytest.mark.parametrize("reason", ["Same.", "word " * 40, "m" * 200])
def test_every_letter_can_be_read_and_none_lies_outside(
    draw: Callable[[View], str], reason: str
) -> None:
    agreement = Agreement(None, reason)
    drawn = draw(view(agreement, agreement, agreement, models=Unreadable(reason)))
    width, height = sizes(drawn)
    for each in pieces(drawn):
        assert float(each.get("font-size", "0")) >= 13
        x, y = float(each.get("x", "0")), float(each.get("y", "0"))
        # The widest of the common fonts, unless it is fitted.
        bold = each.get("font-weight") == "bold"
        wide = float(each.get("textLength", 0)) or len(each.text or "") * (8.6 if bold else 7.4)
        left = {"middle": x - wide / 2, "start": x}[each.get("text-anchor", "")]
        assert left >= 0
        assert left + wide <= width
        assert 0 < y < height


def test_both_layouts_say_the_same() -> None:
    one, other = ([each.text for each in pieces(draw(view()))] for draw in (panel, stacked))
    # The places are broken into other lines.
    told = [sorted(" ".join(str(each) for each in words).split()) for words in (one, other)]
    assert told[0] == told[1]


def test_each_layout_fits_where_it_is_shown() -> None:
    """In a cell at 1280 pixels beside the file browser and a scroll bar, and at 1000 pixels."""
    assert sizes(panel(view()))[0] <= 828
    assert sizes(stacked(view()))[0] <= 500
