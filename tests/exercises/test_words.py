"""What is said about a wrong end is true of what is there, and of the command that it is about."""

from __future__ import annotations

import pytest

from miglab.exercises import ExerciseLab, exercise
from miglab.facts.exercise import Reached

NAMED = "You named `0005`, and Django made sure that it is applied."


def goal(lab: ExerciseLab, words: str) -> Reached:
    (found,) = [each for each in lab.goals().goals if words in each.says]
    return found


def test_words_about_a_command_say_which_one_when_others_came_after_it() -> None:
    with exercise("undo-only-the-last") as lab:
        lab.manage("migrate store 0005")
        assert lab.goals().remark.startswith(NAMED)
        lab.manage("showmigrations")
        assert lab.goals().remark.startswith(NAMED), "a look changes nothing"
        lab.write("notes.txt", "Look again.\n")
        assert lab.goals().remark.startswith(f"About `migrate store 0005`: {NAMED}")
        lab.rewind()
        assert lab.goals().remark.startswith(NAMED)


def test_words_about_a_command_are_not_about_one_that_django_refused() -> None:
    with exercise("just-enough-for-media") as lab:
        lab.manage("migrate")
        assert "Everything is applied now" in lab.goals().remark
        lab.restart()
        lab.delete("store/migrations/0001_initial.py")
        assert lab.manage("migrate").refused
        assert "Everything is applied now" not in lab.goals().remark


def test_a_goal_says_which_migration_files_are_missing_or_changed() -> None:
    with exercise("undo-only-the-last") as lab:
        path = "store/migrations/0003_change_price_field.py"
        lab.replace(path, "class Migration", "# Another remark.\nclass Migration")
        kept = goal(lab, "No migration file is missing or changed")
        assert (kept.done, kept.found) == (False, f"changed: `{path}`")
        lab.delete(path)
        assert goal(lab, "No migration file").found == f"missing: `{path}`"
        lab.restart()
        assert goal(lab, "No migration file").done


def test_who_loses_rows_on_the_way_that_no_repair_costs_has_not_solved_it() -> None:
    with exercise("a-colour-for-the-chairs") as lab:
        lab.manage("migrate store 0004")
        lab.manage("makemigrations store --name product_colour")
        lab.manage("migrate")
        kept = goal(lab, "No row is lost needlessly")
        assert not lab.goals().done
        assert (kept.done, kept.expected) == (
            False,
            "only rows that a repair has to delete are lost",
        )
        assert kept.found == ("`store_product_tags` has 0 of 40 rows; `store_tag` has 0 of 6 rows")
        lab.restart()
        lab.manage("makemigrations store")
        lab.manage("migrate")
        assert lab.goals().done


def test_rows_that_a_way_loses_may_be_lost() -> None:
    with exercise("undo-only-the-last") as lab:
        lab.manage("migrate store 0004")
        assert lab.goals().done
        lab.restart()
        lab.manage("migrate store 0004")
        lab.sql("DELETE FROM blog_comment WHERE id = 1")
        assert goal(lab, "No row is lost needlessly").found == "`blog_comment` has 39 of 40 rows"


def test_an_exercise_is_in_sqlite_whatever_other_labs_are_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIGLAB_DATABASE", "postgresql")
    with exercise("undo-only-the-last") as lab:
        assert (lab.folder / "db.sqlite3").is_file()
        lab.manage("migrate store 0004")
        assert lab.goals().done


def test_what_a_query_counts_is_said_beside_the_number() -> None:
    with exercise("null-in-the-way", shape="photos") as lab:
        kept = goal(lab, "No row has NULL")
        assert kept.expected == "the database refuses NULL"
        assert kept.found == "rows with NULL, after an attempt to write NULL: 1"
    with exercise("what-zero-left-behind", shape="blog") as lab:
        stale = goal(lab, "content types that nothing needs")
        assert stale.expected == "content types that nothing needs: 0"
        assert stale.found.startswith("content types that nothing needs: ")


def test_values_that_are_other_ones_are_told_with_what_they_were() -> None:
    with exercise("undo-only-the-last") as lab:
        lab.sql("UPDATE store_product SET discount = 7 WHERE id < 3")
        kept = goal(lab, "Every discount")
        assert kept.expected.startswith("as it was, in 2 rows: 1, ")
        assert kept.found == "1, 7; 2, 7"
        lab.rewind()
        lab.sql("DELETE FROM store_product_tags")
        lab.sql("DELETE FROM store_product WHERE id = 24")
        kept = goal(lab, "Every discount")
        assert kept.expected.startswith("as it was: 24, ")
        assert kept.found == "missing: 1"


def test_a_file_that_another_one_needs_is_named_when_it_is_gone() -> None:
    with exercise("undo-only-the-last") as lab:
        lab.delete("store/migrations/0003_change_price_field.py")
        assert lab.goals().remark.startswith(
            "`store.0004_add_discount_field` depends on `store.0003_change_price_field`, whose "
            "file is gone."
        )
        lab.rewind()
        assert "whose file is gone" not in lab.goals().remark


def test_who_changes_the_record_alone_hears_so_where_no_wrong_end_has_words_for_it() -> None:
    with exercise("just-enough-for-media") as lab:
        lab.sql("UPDATE django_migrations SET name = name")
        assert "changed only the record" not in lab.goals().remark, "they still agree"
        lab.manage("migrate marketplace 0001 --fake")
        said = lab.goals().remark
        assert said.startswith("`migrate marketplace 0001 --fake` changed only the record:")
        lab.rewind()
        lab.manage("migrate marketplace 0001")
        assert "changed only the record" not in lab.goals().remark
    with exercise("undo-only-the-last") as lab:
        lab.sql("DELETE FROM django_migrations WHERE app = 'media'")
        assert "django_migrations" in lab.goals().remark
