"""Handles requests: reads them from the wire, runs each in a process of its own, and answers."""
