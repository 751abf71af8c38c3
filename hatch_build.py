"""The links of the package: they lead to the repository that it is released from.

A release workflow says in its environment which repository and tag it builds. Anywhere else there
is nothing to link to: the README keeps its relative links.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

#: A link or a picture of Markdown, or of HTML in it, that names a path and not an address.
_MARKDOWN = re.compile(r"(\]\()(?![a-z]+:|#|/)([^)\s]+)")
_HTML = re.compile(r'((?:src|srcset)=")(?![a-z]+:|/)([^"]+)')


class Links(MetadataHookInterface):
    """Adds ``urls`` and ``readme`` to the metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add them, for what the environment says."""
        readme = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": with_links(readme, os.environ),
        }
        metadata["urls"] = urls(os.environ)


def repository(environment: Mapping[str, str]) -> str:
    """The address of the repository that is released from; empty where there is none."""
    server, name = (environment.get(f"GITHUB_{each}", "") for each in ("SERVER_URL", "REPOSITORY"))
    return f"{server}/{name}" if server and name else ""


def urls(environment: Mapping[str, str]) -> dict[str, str]:
    """Title → address."""
    home = repository(environment)
    if not home:
        return {}
    tree = f"{home}/blob/{_ref(environment)}"
    return {
        "Homepage": home,
        "Documentation": f"{tree}/README.md",
        "Lessons": f"{tree}/notebooks/README.md",
        "Changelog": f"{tree}/CHANGELOG.md",
        "Source": home,
        "Issues": f"{home}/issues",
    }


def with_links(readme: str, environment: Mapping[str, str]) -> str:
    """The README with whole addresses: where a package is shown, its files are not beside it."""
    home = repository(environment)
    if not home:
        return readme
    ref = _ref(environment)
    linked = _MARKDOWN.sub(rf"\g<1>{home}/blob/{ref}/\g<2>", readme)
    return _HTML.sub(rf"\g<1>{home}/raw/{ref}/\g<2>", linked)


def _ref(environment: Mapping[str, str]) -> str:
    return environment.get("GITHUB_REF_NAME") or "main"
