"""Confines a user's project by what the operating system offers, before its interpreter starts.

Runs by path in miglab's own interpreter (``python …/miglab/agent/jail``), under the package name
``miglab_jail``; a keeper takes ``landlock`` from here to confine itself to one copy.
"""
