"""Menus and buttons that do what the graph does, for those who would rather not use it."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets

from ...steps.commands import OPTIONS
from .hub import LabModel


def menus(model: LabModel) -> ipywidgets.Widget:
    """App, target and options as menus, the line as it would be typed, and buttons; always in step
    with the graph."""
    app = ipywidgets.Dropdown(description="App")
    target = ipywidgets.Dropdown(description="Target")
    boxes = {name: ipywidgets.Checkbox(description=name, indent=False) for name in OPTIONS}
    line = ipywidgets.HTML()
    buttons = {
        "run": ipywidgets.Button(description="Run"),
        "rewind": ipywidgets.Button(description="Rewind"),
        "forward": ipywidgets.Button(description="Forward"),
        "restart": ipywidgets.Button(description="Restart"),
        "cancel": ipywidgets.Button(description="Cancel"),
    }
    following = False

    def follow(_change: object = None) -> None:
        """Show what the model says; a change made here is not a choice of the user's."""
        nonlocal following
        following = True
        try:
            targets, chosen = model.targets, model.chosen
            label, name = model.target.app, model.target.name
            if tuple(app.options) != tuple(targets):
                app.options = tuple(targets)
            app.value = label or None
            names = tuple(targets.get(label, ()))
            if tuple(target.options) != names:
                target.options = names
            target.value = name or None
            for option, box in boxes.items():
                box.value = option in model.target.options
            line.value = f"<code>python manage.py {escape(chosen.get('line', ''))}</code>"
            buttons["run"].disabled = bool(model.work.get("busy"))
            buttons["cancel"].disabled = not model.work.get("running")
            timeline = model.state["timeline"]
            buttons["rewind"].disabled = buttons["restart"].disabled = timeline["position"] == 0
            buttons["forward"].disabled = timeline["position"] == len(timeline["steps"])
        finally:
            following = False

    def app_chosen(change: dict[str, Any]) -> None:
        if not following and change["new"]:
            model.choose(change["new"], model.targets[change["new"]][-1])

    def target_chosen(change: dict[str, Any]) -> None:
        if not following and change["new"]:
            model.choose(model.target.app, change["new"])

    def option_chosen(change: dict[str, Any]) -> None:
        if not following:
            model.option(change["owner"].description, change["new"])

    follow()
    app.observe(app_chosen, names="value")
    target.observe(target_chosen, names="value")
    for box in boxes.values():
        box.observe(option_chosen, names="value")
    for order, button in buttons.items():
        button.on_click(lambda _, order=order: model.hear({"do": order}))
    model.observe(follow, names=["chosen", "state", "work"])
    return ipywidgets.VBox(
        [
            ipywidgets.HBox([app, target]),
            ipywidgets.HBox([*boxes.values()]),
            line,
            ipywidgets.HBox([*buttons.values()]),
        ]
    )
