"""Shots at every process of a lab, at any moment of what it does."""
