"""The project's settings, with the lab's own databases. A file beside the project names them."""

import json

from .settings import *  # noqa: F403
from .settings import BASE_DIR

DATABASES = json.loads((BASE_DIR.parent / "databases.json").read_text(encoding="utf-8"))

if DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
    try:
        import MySQLdb  # noqa: F401 (the driver that Django asks for)
    except ImportError:
        # PyMySQL can be used in its place, if it reports a version of mysqlclient that Django
        # accepts.
        import pymysql

        pymysql.version_info = (2, 2, 7, "final", 0)
        pymysql.install_as_MySQLdb()
        if DATABASES["default"]["HOST"].startswith("/"):
            # Over a socket, nothing is encrypted, and preparing for encryption takes 25 ms.
            DATABASES["default"]["OPTIONS"] = {"ssl_disabled": True}
