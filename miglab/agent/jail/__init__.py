"""Confines a user's project by what the operating system offers, before its interpreter starts.

``__main__.py`` is run as a file in miglab's own interpreter, under the package name ``jail``; a
keeper takes ``landlock`` from here to confine itself to one copy. Nothing here imports more than it
has to, because every lab that starts an agent waits for the launcher.
"""
