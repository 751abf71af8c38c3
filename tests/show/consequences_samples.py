"""Consequences and a ladder, made by hand, that the tests of this room share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from miglab.facts.consequences import Consequences, Finding, LeftBehind, Severity
from miglab.facts.fidelity import Versions
from miglab.facts.ladder import Ladder, Rung
from miglab.facts.migration import Key
from miglab.facts.outcome import Agreeing, Cost, Happened, Next, Outcome, Return
from miglab.facts.picture import State
from miglab.facts.run import Fate, Planned, Run, WayBack
from miglab.facts.step import Refusal, RowChange, Statement, Step
from miglab.facts.truths import Agreement, Agreements

from ..draw.samples import AGREE, NAMES, edges, history, key, node, picture, truths

PROJECT = "/home/ada/shop"
DATABASE = "/home/ada/shop/db.sqlite3"
ENGINE = Versions("SQLite 3.46.1", "5.2.1", "3.12.3")
#: What HTML, Markdown, a table or a shell could take for its own.
HOSTILE = "<script>alert('x')</script> | `rm` \"${HOME}\" [a](http://evil.example)\n# & <b>"
#: A value that nobody wants to read to its end.
LONG = "long " * 4000

STORE = tuple(Key("store", name) for name in NAMES)
LISTING = key("marketplace.0002_listing_price")
OFFER = key("marketplace.0003_offer")


def step(line: str, **more: Any) -> Step:
    """A command, with truths that nobody looks at."""
    kind = more.pop("kind", "manage")
    return Step(line, kind, "", truths(), truths(), **more)


def undone(which: Key, *sql: str, **more: Any) -> Planned:
    """A migration that was unapplied, by these statements."""
    told = tuple(Statement(each) for each in sql)
    facts: dict[str, Any] = {"backwards": True, "fate": Fate.DONE, "seconds": 0.0123, **more}
    return Planned(which, sql=(Statement("BEGIN", writes=False), *told), **facts)


PLAN = (
    undone(OFFER, 'DROP TABLE "marketplace_offer"', why=(STORE[2], LISTING, OFFER)),
    undone(
        LISTING,
        'ALTER TABLE "marketplace_listing" DROP COLUMN "price"',
        why=(STORE[2], LISTING),
        unknown=("Load prices from the supplier",),
    ),
    undone(STORE[4], 'DROP TABLE "store_product_tags"', 'DROP TABLE "store_tag"'),
    undone(STORE[3], 'ALTER TABLE "store_product" DROP COLUMN "discount"'),
    undone(STORE[2], 'CREATE TABLE "new__store_product" ("id" integer)', atomic=False),
)

ROWS = (
    RowChange(
        "store_tag",
        None,
        8,
        0,
        lost=8,
        lost_sample=({"id": 1, "name": "new"}, {"id": 2, "name": ""}, {"id": 3, "name": None}),
    ),
    RowChange(
        "store_product",
        "store_product",
        40,
        40,
        changed=18,
        changed_columns={"price": 18},
        lost_values={"discount": 12},
        lost_values_sample={"discount": ({"id": 4, "discount": "0.25"},)},
        changed_sample={"price": ({"id": 7, "before": "49.90", "now": 49},)},
    ),
    RowChange("django_content_type", "django_content_type", 12, 13, gained=1, by_handlers=True),
)

FINDINGS = (
    Finding(
        "values-lost",
        Severity.LOST,
        "12 values of store_product.discount are deleted with the column",
        "store_product.discount",
        "take a backup first, and keep it until nobody needs the data",
    ),
    Finding(
        "rows-lost",
        Severity.LOST,
        "8 rows of store_tag are deleted with the table",
        "store_tag",
        "take a backup first, and keep it until nobody needs the data",
    ),
    Finding(
        "next-destroys",
        Severity.NEXT,
        "the next plain migrate overwrites 40 values of store_product.price",
        "store_product.price",
        "do not leave the project like this: the next deployment will run migrate",
    ),
    Finding(
        "pulled-in",
        Severity.NOTE,
        f"2 marketplace migrations are unapplied too, because {LISTING} depends on {STORE[2]}",
        "marketplace",
        "tell whoever owns that app",
    ),
)

WAITING = Agreements(AGREE, Agreement(False, "5 migrations are not applied."), AGREE)
AGREED = Agreements(AGREE, AGREE, AGREE)


def graph(*, after: bool = False) -> Any:
    """The store and the marketplace that leans on it, before ``store 0002`` or after it::

    store        0001 ─ 0002◎─ 0003 ─ 0004 ─ 0005
                                │
    marketplace        0001 ─ 0002 ─ 0003
    """
    gone, pulled = (
        (State.UNAPPLIED, State.UNAPPLIED) if after else (State.TO_UNAPPLY, State.PULLED_IN)
    )
    store = history(State.APPLIED, State.APPLIED, gone, gone, gone)
    nodes = [replace(each, target=each.key == STORE[1] and not after) for each in store.nodes]
    return picture(
        *(replace(each, changed=after and each.state is gone) for each in nodes),
        node("marketplace.0001_initial"),
        node(str(LISTING), pulled, changed=after),
        node(str(OFFER), pulled, changed=after, leaf=True),
        edges=(
            *store.edges,
            *edges(
                f"marketplace.0001_initial {LISTING}",
                f"{STORE[2]} {LISTING}",
                f"{LISTING} {OFFER}",
            ),
        ),
        title="after" if after else "before",
        sentence="Five migrations were unapplied." if after else "Five migrations would go back.",
    )


def outcome(**other: Any) -> Outcome:
    """Rows are lost for good, and the next migrate destroys more; ``other`` facts replace."""
    facts: dict[str, Any] = {
        "happened": Happened.RAN,
        "cost": Cost.SOME,
        "back": Return.SCHEMA,
        "agreeing": Agreeing.NO_WORSE,
        "next": Next.DESTROYS,
    }
    return Outcome(**{**facts, **other})


FREE = outcome(cost=Cost.NOTHING, back=Return.VALUES, next=Next.NOT_TRIED)
LOSES = outcome(next=Next.NOT_TRIED)
STOPS = outcome(happened=Happened.STOPPED, back=Return.NOT_AT_ALL, next=Next.NOT_TRIED)


def consequences(**other: Any) -> Consequences:
    """``migrate store 0002``: two apps go back, values and rows are lost for good; ``other``
    facts replace."""
    back = ("migrate",)
    facts: dict[str, Any] = {
        "commands": ("migrate store 0002",),
        "outcome": outcome(),
        "verdict": "loses 12 values of store_product.discount and 8 rows of store_tag · "
        "comes back without all of its rows · the next migrate overwrites 40 values",
        "findings": FINDINGS,
        "runs": (Run(step("migrate store 0002"), PLAN, 0.4321),),
        "schema": ("store_tag is gone", "store_product.discount is gone"),
        "rows": ROWS,
        "agreements_before": AGREED,
        "agreements_after": WAITING,
        "back": WayBack(
            back,
            False,
            (Run(step("migrate"), (), 0.5),),
            Return.SCHEMA,
            reordered=("store_product",),
            rows=(RowChange("store_tag", "store_tag", 8, 0, lost=8),),
        ),
        "next": Run(step("migrate"), (Planned(STORE[2], False, Fate.DONE, seconds=0.031),), 0.6543),
        "next_rows": (
            RowChange(
                "store_product",
                "store_product",
                40,
                40,
                changed=40,
                changed_columns={"price": 40},
                changed_sample={"price": ({"id": 7, "before": 49, "now": 0},)},
            ),
        ),
        "left_behind": LeftBehind(("store.tag", "marketplace.offer"), 8),
        "before": graph(),
        "after": graph(after=True),
        "engine": ENGINE,
        "seconds": 2.3456,
        "project": PROJECT,
        "database": DATABASE,
    }
    return Consequences(**{**facts, **other})


def long_history() -> Consequences:
    """``migrate shop 0060`` in an app of 90: 30 go back, each with a table of its own."""
    keys = [key(f"shop.{number:04}_step") for number in range(1, 91)]
    nodes = [
        node(str(each), State.APPLIED if at < 60 else State.TO_UNAPPLY)
        for at, each in enumerate(keys)
    ]
    columns = {f"a_column_with_a_long_name_{number}": "value" * 9 for number in range(12)}
    return consequences(
        commands=("migrate shop 0060",),
        findings=tuple(
            replace(FINDINGS[1], what=f"8 rows of {each.name} are deleted with the table")
            for each in keys[60:]
        ),
        runs=(
            Run(
                step("migrate shop 0060"),
                tuple(undone(keys[at], why=tuple(keys[60 : at + 1])) for at in range(89, 60, -1)),
                0.5,
            ),
        ),
        rows=tuple(
            RowChange(each.name, None, 8, 0, lost=8, lost_sample=(columns,)) for each in keys[60:]
        ),
        before=picture(*nodes, title="before"),
        after=picture(*nodes, title="after"),
    )


def halfway() -> Consequences:
    """``migrate store zero``: it stops at a migration that cannot be undone, two were undone by
    then, and the command after it was not reached."""
    refusal = Refusal(
        "IrreversibleError",
        f"Operation <RunPython fill_prices at 0x7f1a2b3c4d5e> in {STORE[2]} is not reversible",
    )
    plan = (
        *PLAN[2:4],
        replace(
            PLAN[4],
            fate=Fate.FAILED,
            irreversible=("Raw Python operation",),
            sql=(Statement('UPDATE "store_product" SET "price" = 0'),),
        ),
        Planned(STORE[1], True, Fate.NOT_REACHED),
    )
    return consequences(
        commands=("migrate store zero", "migrate blog zero"),
        outcome=STOPS,
        verdict=f"stops at {STORE[2]} (IrreversibleError) · does not come back",
        findings=(
            Finding(
                "fails",
                Severity.STOPS,
                f"{refusal}",
                str(STORE[2]),
                "give the operation reverse_code",
            ),
            Finding(
                "halfway",
                Severity.STOPS,
                "2 migrations were unapplied before the error, and stay unapplied: the last of "
                f"them is {STORE[3]}",
                str(STORE[2]),
                "do not begin without a backup that is ready to be restored",
            ),
            *FINDINGS,
        ),
        runs=(Run(step("migrate store zero", refusal=refusal), plan, 0.2222),),
        back=WayBack(
            (f"migrate store {NAMES[4]}",),
            False,
            (Run(step(f"migrate store {NAMES[4]}", refusal=refusal), (), 0.1111),),
            Return.NOT_AT_ALL,
        ),
        next=None,
        next_rows=(),
    )


def harmless() -> Consequences:
    """``migrate store 0004``: nothing is lost and all comes back."""
    return consequences(
        commands=("migrate store 0004",),
        outcome=FREE,
        verdict="nothing lost · comes back whole",
        findings=(),
        runs=(Run(step("migrate store 0004"), (undone(STORE[4]),), 0.0456),),
        schema=(),
        rows=(),
        back=WayBack(("migrate",), False, (Run(step("migrate"), (), 0.1),), Return.VALUES),
        next=None,
        next_rows=(),
        left_behind=LeftBehind(),
    )


def hostile() -> Consequences:
    """Names and values that every format could take for its own."""
    named = Key("store", HOSTILE)
    shown = picture(node("store.0001_initial"), replace(node("store.x"), key=named))
    return consequences(
        outcome=outcome(back=Return.RUNS),
        verdict=HOSTILE,
        findings=(Finding("rows-lost", Severity.LOST, HOSTILE, HOSTILE, HOSTILE),),
        runs=(Run(step("migrate store"), (undone(named, HOSTILE, irreversible=(HOSTILE,)),), 0.1),),
        schema=(HOSTILE,),
        rows=(
            RowChange(
                HOSTILE,
                None,
                2,
                0,
                lost=2,
                lost_sample=({"id": 1, HOSTILE: HOSTILE}, {"id": 2, HOSTILE: LONG}),
            ),
        ),
        back=WayBack(("migrate",), True, (), Return.RUNS, schema=(HOSTILE,)),
        left_behind=LeftBehind((HOSTILE,), 1),
        before=replace(shown, title="before", sentence=HOSTILE),
        after=replace(shown, title="after", sentence=HOSTILE),
        agreements_after=Agreements(AGREE, AGREE, Agreement(None, HOSTILE, (HOSTILE,))),
        project=HOSTILE,
        database=HOSTILE,
    )


def rung(target: Key | None, *unapplied: Key, **other: Any) -> Rung:
    """One more step back, which costs nothing where nothing else is said."""
    facts: dict[str, Any] = {
        "outcome": FREE,
        "verdict": "nothing lost · comes back whole",
        "lost": "",
        "step_lost": "",
        "short": "free",
        "rows": (),
        "seconds": 0.0123,
    }
    return Rung(target=target, unapplied=unapplied, **{**facts, **other})


def ladder(**other: Any) -> Ladder:
    """The store from the top down: the first step is free, the last is not reached::

    0001 (cannot be undone) ─ 0002 ─ 0003 (with the marketplace) ─ 0004 (free) ─ 0005 (free)
    """
    lost = "12 values of store_product.discount"
    rungs = (
        rung(STORE[3], STORE[4]),
        rung(STORE[2], STORE[3]),
        rung(
            STORE[1],
            OFFER,
            LISTING,
            STORE[2],
            outcome=LOSES,
            lost=lost,
            step_lost=lost,
            short="12 values",
        ),
        rung(STORE[0], STORE[1], outcome=LOSES, lost=lost),
        rung(
            None,
            STORE[0],
            outcome=STOPS,
            verdict=f"stops at {STORE[0]} (IrreversibleError) · does not come back",
            lost=lost,
            short="stops",
            error=f"at {STORE[0]}: IrreversibleError: {STORE[0]} is not reversible",
        ),
    )
    whole = history(*[State.APPLIED] * 5)
    cost = {each.unapplied[-1]: each.short for each in rungs}
    nodes = tuple(replace(each, cost=cost[each.key]) for each in whole.nodes)
    facts: dict[str, Any] = {
        "app_label": "store",
        "rungs": rungs,
        "picture": replace(whole, nodes=nodes),
        "engine": ENGINE,
        "seconds": 1.2345,
    }
    return Ladder(**{**facts, **other})
