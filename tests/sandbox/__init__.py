"""Tests of ``miglab/sandbox/``."""
