"""Generated projects over all operations, kinds of fields, kinds of names, features of the engine
and kinds of data, each held against plain ``manage.py`` and a comparison by brute force.

``dimensions`` says what there is, ``operations`` makes an app of a case, ``packs`` puts apps
together in projects, ``trial`` runs one and compares, ``coverage`` counts. ``histories`` are what
became of an app before a command, and ``past_trial`` tries that.
"""
