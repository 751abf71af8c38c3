"""Tests of ``miglab/steps/``."""
