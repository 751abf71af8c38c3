"""A reason is a few paragraphs, and shows no markup of its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from miglab.show.prose import coded, paragraphs


def test_code_strong_and_emphasised_words_are_marked() -> None:
    assert coded("`a` is **not** *b*") == "<code>a</code> is <b>not</b> <i>b</i>"


def test_stars_in_code_and_stars_alone_are_stars() -> None:
    assert coded("`rm *.py` or `**`") == "<code>rm *.py</code> or <code>**</code>"
    assert coded("2 * 3 * 4") == "2 * 3 * 4"


def test_an_empty_line_ends_a_paragraph_or_a_list() -> None:
    page = paragraphs("One\nline.\n\n- a\n- b\n\n1. c\n2. d\n\nEnd.")
    assert page.count("<p ") == 2
    assert ">One line.</p>" in page
    assert "<li>a</li><li>b</li></ul>" in page
    assert "<li>c</li><li>d</li></ol>" in page


@given(st.text())
def test_no_text_gets_through_as_markup(text: str) -> None:
    for page in (coded(text), paragraphs(text)):
        for tag in ("code", "b", "i", "ul", "ol", "li"):
            page = page.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
        page = page.replace("<p style='margin:4px 0'>", "").replace("</p>", "")
        for tag in ("ul", "ol"):
            page = page.replace(f"<{tag} style='margin:4px 0; padding-left:24px'>", "")
        assert "<" not in page
