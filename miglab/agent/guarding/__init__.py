"""Keeps a user's project in its copy: its settings, and what it does while it runs."""
