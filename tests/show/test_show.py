"""What people read is short, the same on every run, and shows in every viewer."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from miglab import Lab
from miglab.compare.losses import losses
from miglab.compare.truths import compare
from miglab.draw.layout import NARROW, WIDE, Layout, Strip, lay_out
from miglab.draw.strip import drawn
from miglab.facts.locks import Lock
from miglab.facts.picture import Picture, State
from miglab.facts.step import Step
from miglab.show import begun, contrast, exercise, lesson, questions
from miglab.show.bundle import SHOWN, bundle
from miglab.show.html import html
from miglab.show.masks import MASKS, masked
from miglab.show.pictures import around
from miglab.show.text import text

#: What JupyterLab lets through in a notebook that is not trusted yet.
SAFE_TAGS = {
    "div",
    "pre",
    "b",
    "p",
    "span",
    "br",
    "img",
    # Where they are taken out, the picture within is left.
    "picture",
    "source",
    "details",
    "summary",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


class Tags(HTMLParser):
    """Collects tags, and checks that each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.open: list[str] = []
        self.images: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag == "img":
            self.images.append(dict(attrs))
        elif tag not in ("br", "source"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(code: str) -> Tags:
    tags = Tags()
    tags.feed(code)
    assert tags.open == []
    return tags


def every_fact(lab: Lab) -> list[object]:
    """One of each kind, with an error and with characters that HTML takes for its own."""
    return [
        lab.manage("migrate store 0002"),
        lab.manage("migrate blog zero"),
        lab.shell("print('<b>&amp;</b>')"),
        lab.rows("store_product"),
        lab.sql("SELECT '<i>' AS \"<u>\""),
        lab.graph("store.zero"),
        lab.truths(),
        lab.history(),
        lab.what_if("migrate store 0001"),
        lab.what_if_all("store"),
    ]


def test_every_fact_is_shown_as_text_and_as_safe_html(lab: Lab) -> None:
    facts = every_fact(lab)
    # Those of a lesson have tests of their own.
    apart = {fact for room in (lesson, questions, begun, exercise, contrast) for fact in room.TYPES}
    assert {type(fact) for fact in facts} == set(SHOWN) - apart
    for fact in facts:
        shown = bundle(fact)
        assert set(shown) == {"text/plain", "text/html"}
        tags = parsed(shown["text/html"])
        assert tags.seen <= SAFE_TAGS
        assert all("monospace" in pre for pre in re.findall("<pre[^>]*>", shown["text/html"]))
        for image in tags.images:
            assert (image["src"] or "").startswith("data:image/svg+xml;base64,")
            assert len(image["alt"] or "") > 20


def test_what_is_shown_as_text_is_the_same_in_another_lab(lab: Lab) -> None:
    shown = [text(fact) for fact in every_fact(lab)]
    with Lab("storefront", apps=["store"]) as other:
        assert [text(fact) for fact in every_fact(other)] == shown


def test_a_step_shows_the_line_the_output_a_sentence_chips_and_two_graphs(lab: Lab) -> None:
    """store: 0001 ← … ← 0004 ← 0005 (unapplied by the step)"""
    step = lab.manage("migrate store 0004")
    lines = text(step).splitlines()
    assert lines[0] == "$ python manage.py migrate store 0004"
    assert "  Unapplying store.0005_tag_product_tags... OK" in lines
    assert "record changed · tables changed" in lines
    assert "✓ 0005_tag_product_tags" in lines[lines.index("before:") + 1]
    assert "○ 0005_tag_product_tags" in lines[lines.index("after:") + 1]
    assert len(parsed(html(step)).images) == 2


BEGIN_ANEW = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0005_tag_product_tags")]
    operations = [
        migrations.RunSQL("DELETE FROM store_product_tags"),
        migrations.RunSQL("UPDATE store_product SET discount = discount + 1"),
    ]
"""


def test_what_was_lost_and_what_was_overwritten_weigh_the_same(lab: Lab) -> None:
    lab.write("store/migrations/0006_begin_anew.py", BEGIN_ANEW)
    lines = text(lab.manage("migrate store 0006")).splitlines()
    assert lines[5:8] == [
        "LOST FOR GOOD: 40 links of store_product_tags",
        "OVERWRITTEN FOR GOOD: 24 values of store_product.discount",
        "store.0006_begin_anew was applied; the tables keep their columns.",
    ]


def test_each_loss_is_told_with_how_much_of_it_is_gone_for_good(lab: Lab) -> None:
    lines = text(lab.manage("migrate store 0002")).splitlines()
    assert lines[8] == (
        "LOST: 40 links of store_product_tags (40 for good), "
        "24 values of store_product.discount (9 for good), 6 rows of store_tag (6 for good)"
    )
    assert lines[9].endswith("3 NULLs of store_product.price have become values.")


@pytest.mark.parametrize(
    "line",
    ["migrate store 0002", "migrate store 0004", "migrate blog 0003", "migrate accounts zero"],
)
def test_a_step_and_a_what_if_count_the_same_for_good(lab: Lab, line: str) -> None:
    counted = losses(lab.what_if(line).lost_there)
    step = lab.manage(line)
    assert losses(step.rows) == counted
    assert counted


def test_what_no_migration_did_does_not_come_back(lab: Lab) -> None:
    step = lab.sql("UPDATE store_product SET price = 0")
    assert "OVERWRITTEN FOR GOOD: 21 values of store_product.price" in text(step)
    assert "3 NULLs of store_product.price have become values." in text(step)
    step = lab.sql("UPDATE store_product SET price = 1")
    assert "OVERWRITTEN FOR GOOD: 24 values of store_product.price" in text(step)
    assert "Only rows changed." in text(step)


def test_counting_what_comes_back_leaves_the_lab_where_it_was(lab: Lab) -> None:
    lab.manage("migrate store 0002")
    truths = lab.truths().truths
    with Lab("storefront", apps=["store"], at="store.0002") as other:
        assert truths.known_record.keys == other.truths().truths.known_record.keys
    assert len(lab.history().lines) == 1


def test_a_picture_says_that_a_file_changed_where_both_would_look_the_same(lab: Lab) -> None:
    step = lab.replace("store/migrations/0004_add_discount_field.py", "default=0", "default=1")
    lines = text(step).splitlines()
    assert "(file changed)" not in lines[lines.index("before:") + 1]
    assert "✓ 0004_add_discount_field (file changed)" in lines[lines.index("after:") + 1]
    pictures = around(step, compare(step.before, step.after))
    assert pictures is not None
    assert ">file changed<" in drawn(lay_out(pictures.after, pictures.before))
    assert ">before<" in html(step)  # on a click: it would show nothing else


def test_a_picture_shows_the_apps_that_changed_and_names_the_others(lab: Lab) -> None:
    lab.apps = ()
    step = replace(lab.manage("migrate store 0004"), apps=("store", "blog"))
    pictures = around(step, compare(step.before, step.after))
    assert pictures is not None
    assert pictures.before.apps == pictures.after.apps == ("store",)
    assert pictures.rest == "Not changed: blog (4 applied)"
    assert [node.changed for node in pictures.before.nodes] == [False] * 4 + [True]
    assert [node.changed for node in pictures.after.nodes] == [False] * 4 + [True]


def test_a_faked_migration_does_not_look_applied(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    step = lab.manage("migrate --fake store 0005")
    pictures = around(step, compare(step.before, step.after))
    assert pictures is not None
    assert pictures.after.nodes[-1].state is State.FAKED
    assert "≈ 0005_tag_product_tags" in text(step)


def test_what_was_before_is_one_click_away_where_the_pair_is_high(lab: Lab) -> None:
    few, many = html(lab.manage("migrate store 0004")), html(lab.manage("migrate accounts zero"))
    assert "<summary>before</summary>" not in few
    assert "<summary>before</summary>" in many
    assert len(parsed(few).images) == len(parsed(many).images) == 2


def test_where_not_even_one_picture_fits_on_a_screen_both_are_one_click_away(lab: Lab) -> None:
    """A database file that is deleted takes seven apps with it."""
    os.remove(lab.folder / "db.sqlite3")
    lab.manage("showmigrations")
    (step,) = lab.take_noticed()
    shown = html(step)
    assert len(parsed(shown).images) == 2
    assert shown.index("<summary>before</summary>") < shown.index("<summary>after</summary>")
    outside = re.sub("<details.*?</details>", "", shown, flags=re.DOTALL)
    assert parsed(outside).images == []


def test_the_places_of_a_picture_are_computed_once_for_each_layout(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Layout]] = []

    def counting(picture: Picture, beside: Picture, layout: Layout = WIDE) -> Strip:
        asked.append((picture.title, layout))
        return lay_out(picture, beside, layout)

    step = lab.manage("migrate store 0004")
    monkeypatch.setattr("miglab.show.steps.lay_out", counting)
    assert html(step).count("<source") == 2
    assert sorted(asked) == sorted(itertools.product(("before", "after"), (WIDE, NARROW)))


def test_what_django_printed_before_a_change_is_folded_where_it_is_long(lab: Lab) -> None:
    shown = html(lab.manage("migrate accounts zero"))
    assert "earlier lines</summary>" in shown
    assert shown.index("Operations to perform") < shown.index("accounts.0001_initial... OK")
    assert "more lines</summary>" in html(lab.manage("showmigrations"))


def test_a_command_that_reads_shows_its_output_and_nothing_moved(lab: Lab) -> None:
    step = lab.manage("showmigrations store")
    assert text(step).endswith(" [X] 0005_tag_product_tags\nNothing changed.")
    assert parsed(html(step)).images == []


def test_a_traceback_is_folded_to_its_last_line(lab: Lab) -> None:
    step = lab.manage("migrate blog zero")
    assert "Traceback" in step.output
    assert "Traceback (most recent" not in text(step)
    assert "IrreversibleError: Operation <RunPython" in text(step)
    assert "<summary>traceback</summary>" in html(step)


@pytest.mark.parametrize(
    ("models", "error"),
    [
        ("a = 1\nclass Broken(:\n", "SyntaxError: invalid syntax (store/models.py, line 2)"),
        ("\n\nmissing\n", "NameError: name 'missing' is not defined (store/models.py, line 3)"),
    ],
)
def test_an_error_in_a_file_of_the_project_names_file_and_line_in_one_line(
    lab: Lab, models: str, error: str
) -> None:
    lab.write("store/models.py", models)
    assert error in text(lab.manage("check")).splitlines()


def test_an_error_that_django_raises_names_no_file(lab: Lab) -> None:
    told = text(lab.manage("migrate blog zero"))
    assert "is not reversible\n" in told


def test_a_step_of_python_has_a_short_repr(lab: Lab) -> None:
    assert repr(lab.manage("check")) == "<Step 'check'>"
    refused = lab.manage("migrate store 9")
    assert repr(refused).startswith("<Step 'migrate store 9' refused with CommandError: Cannot")


def test_null_and_an_empty_text_look_different(lab: Lab) -> None:
    shown = text(lab.sql("SELECT NULL AS a, '' AS b, 'x' AS c"))
    assert shown.splitlines()[2].split() == ["NULL", "''", "x"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<function f at 0x7f1a2b3c4d5e>", "<function f at 0x…>"),
        (
            'File "/home/ada/.cache/miglab/labs/0123456789abcdef/project/store/models.py"',
            'File "<lab.folder>/store/models.py"',
        ),
        (r"C:\Users\ada\miglab\labs\0123456789abcdef\project\store", r"<lab.folder>\store"),
        ("/usr/lib/python3.11/site-packages/django/db/x.py", "<site-packages>/django/db/x.py"),
        ("Applying store.0001... OK (0.012s)", "Applying store.0001... OK (…s)"),
        ("price 49.90 and 1.5 stars", "price 49.90 and 1.5 stars"),
    ],
)
def test_masks_take_out_what_differs_and_nothing_else(raw: str, shown: str) -> None:
    assert masked(raw) == shown


def test_every_mask_is_needed() -> None:
    samples = "at 0x7f1a2b3c4d5e /x/labs/0123456789abcdef/project /x/site-packages/y (0.1s)"
    for mask in MASKS:
        assert mask.pattern.search(samples)


def test_what_miglab_measured_is_not_masked() -> None:
    lock = Lock("shop_item", "AccessExclusiveLock", 2.94, 2.95, rows=3)
    assert masked(str(lock)) == str(lock)
    assert "2.9" in str(lock)


@pytest.mark.parametrize("piece", ["x", "/", "a/b/", "/labs/", "1", "0x"])
def test_a_very_long_word_is_masked_in_no_time(piece: str) -> None:
    assert masked(piece * 300_000) == piece * 300_000


def test_nothing_shown_names_this_machine(lab: Lab) -> None:
    lab.write("store/models.py", "from nowhere import nothing\n")
    step = lab.manage("check")
    assert isinstance(step, Step)
    for shown in (*bundle(step).values(), *bundle(lab.truths()).values()):
        assert str(lab.folder) not in shown
        assert "/site-packages/" not in shown.replace("<site-packages>/", "").replace(
            "&lt;site-packages&gt;/", ""
        )
