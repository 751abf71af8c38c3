"""Five projects with long histories, each in an environment of its own."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from ...plain.engines import Plain
from .. import environments
from ..own import write

FILL = Path(__file__).with_name("fill.py")

MANAGE = """
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""

_DATABASE = """
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
"""

#: Where the database is on a server: a copy that runs beside has another one.
_ELSEWHERE = """
import contextlib
import json

with contextlib.suppress(ImportError):
    import pymysql

    pymysql.install_as_MySQLdb()
places = [folder / "databases.json" for folder in (BASE_DIR.parent, BASE_DIR)]
DATABASES = json.loads(next(each for each in places if each.exists()).read_text())
"""
#: What a project connects by, by Django's word for the engine.
DRIVERS = {"postgresql": "psycopg[binary]==3.3.9", "mysql": "pymysql==1.2.4"}

_BEGIN = """
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "x" * 50
USE_TZ = False
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
"""

_CONTRIB = """
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "django.contrib.redirects",
]
SITE_ID = 1
STATIC_URL = "static/"
ROOT_URLCONF = "config.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
SILENCED_SYSTEM_CHECKS = ["admin.E402", "admin.E404", "admin.E408", "admin.E409", "admin.E410"]
"""


@dataclass(frozen=True)
class Project:
    """What is installed, what is written, and which apps are walked through."""

    packages: tuple[str, ...]
    settings: str
    files: dict[str, str] = field(default_factory=dict)

    def make(self, folder: Path, python: str) -> str:
        """Install it, make its database, fill that; gives its interpreter."""
        interpreter = self._installed(folder / "venv", python)
        if not (folder / "site" / "db.sqlite3").exists():
            self._begin(folder / "site", interpreter, _DATABASE)
        return interpreter

    def make_on(self, tools: Plain, folder: Path, python: str) -> str:
        """The same with an empty database on a server, which is made anew; ``databases.json``
        in the project's folder says where."""
        interpreter = self._installed(folder / "venv", python, DRIVERS[tools.VENDOR])
        handle = tools.beside(folder / "site")
        tools.empty(handle)
        entry = {"default": dict(tools.setting(handle))}
        (folder / "site").mkdir(parents=True, exist_ok=True)
        (folder / "site" / "databases.json").write_text(json.dumps(entry), encoding="utf-8")
        self._begin(folder / "site", interpreter, _ELSEWHERE)
        return interpreter

    def _installed(self, place: Path, python: str, *more: str) -> str:
        made = [*place.glob("bin/python"), *place.glob("Scripts/python.exe")]
        return str(made[0] if made else environments.made(place, python, *self.packages, *more))

    def _begin(self, site: Path, python: str, database: str) -> None:
        write(
            site,
            {
                "manage.py": MANAGE,
                "config/settings.py": _BEGIN + self.settings + database,
                "config/urls.py": "urlpatterns = []\n",
                **self.files,
            },
        )
        (site / "__init__.py").unlink(missing_ok=True)
        (site / "data").mkdir(exist_ok=True)
        _run(site, python, "manage.py", "migrate", "-v", "0")
        print(_run(site, python, str(FILL), "config.settings", "6"))


def _run(folder: Path, python: str, *words: str) -> str:
    done = subprocess.run([python, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


PROJECTS: dict[str, Project] = {
    "wagtail": Project(
        ("wagtail==8.0.1", "django==5.2.19"),
        _CONTRIB
        + """
INSTALLED_APPS += [
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.search_promotions",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
]
WAGTAIL_SITE_NAME = "site"
WAGTAILADMIN_BASE_URL = "http://localhost"
""",
    ),
    "django-oscar": Project(
        ("django-oscar==4.2.1", "django==5.2.19"),
        "from oscar.defaults import *\n"
        + _CONTRIB
        + """
INSTALLED_APPS += [
    "oscar.config.Shop",
    "oscar.apps.analytics.apps.AnalyticsConfig",
    "oscar.apps.checkout.apps.CheckoutConfig",
    "oscar.apps.address.apps.AddressConfig",
    "oscar.apps.shipping.apps.ShippingConfig",
    "oscar.apps.catalogue.apps.CatalogueConfig",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "oscar.apps.partner.apps.PartnerConfig",
    "oscar.apps.basket.apps.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.offer.apps.OfferConfig",
    "oscar.apps.order.apps.OrderConfig",
    "oscar.apps.customer.apps.CustomerConfig",
    "oscar.apps.search.apps.SearchConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig",
    "oscar.apps.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    "widget_tweaks",
    "haystack",
    "treebeard",
    "django_tables2",
]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
""",
    ),
    "pretix": Project(
        ("pretix==2026.8.0", "django==5.2.19"),
        """
os.environ.setdefault("DATA_DIR", str(BASE_DIR / "data"))
from pretix.settings import *

BASE_DIR = Path(__file__).resolve().parent.parent
LOGGING = {"version": 1, "disable_existing_loggers": False}
""",
    ),
    "pretalx": Project(
        ("pretalx==2025.2.2", "django==5.2.19"),
        """
os.environ.setdefault("PRETALX_DATA_DIR", str(BASE_DIR / "data"))
os.environ.setdefault("PRETALX_FILESYSTEM_DATA", str(BASE_DIR / "data"))
from pretalx.settings import *

BASE_DIR = Path(__file__).resolve().parent.parent
LOGGING = {"version": 1, "disable_existing_loggers": False}
""",
    ),
    "evennia": Project(
        ("evennia==5.0.1", "django==5.2.19"),
        """
from evennia.settings_default import *

BASE_DIR = Path(__file__).resolve().parent.parent
GAME_DIR = str(BASE_DIR)
ROOT_URLCONF = "config.urls"
LOG_DIR = str(BASE_DIR / "data")
""",
    ),
}
