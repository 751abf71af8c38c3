"""Projects run by plain ``manage.py``, and databases read without miglab, on each engine: what
miglab tells is held against them."""
