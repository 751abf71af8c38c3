"""Widgets that show a lab: Python, script and style side by side, no build step."""
