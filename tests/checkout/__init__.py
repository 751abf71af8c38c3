"""What must be true of this checkout: its rooms, its versions, its wheel, ``dev.py``."""
