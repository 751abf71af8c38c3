"""Servers of miglab's own, whatever their kind: folders, and who starts and stops them."""
