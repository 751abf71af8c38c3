"""The same settings with the database that the lab has made, named in a file beside the project."""

import json

from .settings import *  # noqa: F403
from .settings import BASE_DIR

DATABASES = json.loads((BASE_DIR.parent / "databases.json").read_text(encoding="utf-8"))
