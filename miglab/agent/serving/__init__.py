"""Runs and speaks: takes requests from the wire, runs each in a process of its own, answers."""
