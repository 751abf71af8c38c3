"""What is released agrees: version, changelog, citation and tag; and the way there is all set."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from hatch_build import urls, with_links

ROOT = Path(__file__).parents[2]
FROM = {
    "GITHUB_SERVER_URL": "https://forge.example",
    "GITHUB_REPOSITORY": "us/miglab",
    "GITHUB_REF_NAME": "v1.2.0",
}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, object]:
    found: dict[str, object] = tomllib.loads(text("pyproject.toml"))["project"]
    return found


def disagreements(
    version: str, changelog: str, citation: Mapping[str, object], tag: str = ""
) -> list[str]:
    """What does not agree, a line for each. A release is dated, and has a tag."""
    top = re.search(r"^## (\S+) \((.+)\)$", changelog, re.MULTILINE)
    if top is None:
        return ["the changelog has no version"]
    found = []
    if top[1] != version:
        found.append(f"the changelog begins with {top[1]}")
    if citation["version"] != version:
        found.append(f"the citation is of {citation['version']}")
    released = re.fullmatch(r"\d{4}-\d\d-\d\d", top[2])
    if not released and top[2] != "unreleased":
        found.append(f"{top[2]!r} is neither a date nor 'unreleased'")
    if str(citation.get("date-released", "unreleased")) != top[2]:
        found.append("the changelog and the citation have different dates")
    if tag and tag != f"v{version}":
        found.append(f"the tag is {tag}")
    if tag and not released:
        found.append("what is tagged has no date")
    return found


def test_version_changelog_citation_and_tag_agree() -> None:
    tag = os.environ["GITHUB_REF_NAME"] if os.environ.get("GITHUB_REF_TYPE") == "tag" else ""
    citation = yaml.safe_load(text("CITATION.cff"))
    assert disagreements(str(project()["version"]), text("CHANGELOG.md"), citation, tag) == []


def test_the_installed_version_is_that_of_the_checkout() -> None:
    assert version("miglab") == project()["version"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"version": "1.3.0"}, ["the changelog begins with 1.2.0", "the citation is of 1.2.0"]),
        (
            {"citation": {"version": "1.2.0"}},
            ["the changelog and the citation have different dates"],
        ),
        ({"changelog": "# Changes\n"}, ["the changelog has no version"]),
        ({"tag": "v1.2.0"}, []),
        ({"tag": "v1.2.1"}, ["the tag is v1.2.1"]),
        (
            {
                "changelog": "## 1.2.0 (unreleased)",
                "citation": {"version": "1.2.0"},
                "tag": "v1.2.0",
            },
            ["what is tagged has no date"],
        ),
        (
            {"changelog": "## 1.2.0 (soon)", "citation": {"version": "1.2.0"}},
            [
                "'soon' is neither a date nor 'unreleased'",
                "the changelog and the citation have different dates",
            ],
        ),
    ],
)
def test_what_does_not_agree_is_named(changed: dict[str, object], said: list[str]) -> None:
    good: dict[str, object] = {
        "version": "1.2.0",
        "changelog": "# Changes\n\n## 1.2.0 (2026-03-01)\n\n## 1.1.0 (2026-01-01)\n",
        "citation": {"version": "1.2.0", "date-released": "2026-03-01"},
    }
    assert disagreements(**{**good, **changed}) == said  # type: ignore[arg-type]


def test_a_package_links_to_what_it_was_released_from_and_else_to_nothing() -> None:
    assert urls({}) == {}
    found = urls(FROM)
    assert found["Source"] == "https://forge.example/us/miglab"
    assert found["Changelog"] == "https://forge.example/us/miglab/blob/v1.2.0/CHANGELOG.md"
    assert {"Homepage", "Documentation", "Issues"} <= found.keys()


def test_every_link_of_the_readme_leads_somewhere_from_everywhere() -> None:
    """In a checkout to a file; where the package is shown, to an address."""
    readme = text("README.md")
    assert with_links(readme, {}) == readme
    linked = with_links(readme, FROM)
    for match in re.finditer(r'(?:\]\(|src="|srcset=")([^)\s"]+)', linked):
        assert match[1].startswith(("https://", "#")), match[1]
    below = r"https://forge\.example/us/miglab/(?:blob|raw)/v1\.2\.0/([^)\s\"#]+)"
    paths = re.findall(below, linked)
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_only_the_job_that_publishes_may_and_only_after_the_tests() -> None:
    workflow = yaml.safe_load(text(".github/workflows/release.yml"))
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {"contents": "read"}
    assert {name for name, job in jobs.items() if "permissions" in job} == {"publish"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert (jobs["publish"]["needs"], jobs["build"]["needs"]) == ("build", "test")
    assert jobs["publish"]["environment"] == "release"
    assert {"run": ".ci/run"} in jobs["test"]["steps"]
    # Trusted publishing: nothing secret is named.
    assert "secrets." not in text(".github/workflows/release.yml")


def test_the_container_makes_what_the_tests_need() -> None:
    container = json.loads(text(".devcontainer/devcontainer.json"))
    assert container["postCreateCommand"] == "python dev.py setup"
    recipe = text(f".devcontainer/{container['build']['dockerfile']}")
    minor = re.search(r"^FROM python:3\.(\d+)", recipe, re.MULTILINE)
    assert minor is not None
    assert int(minor[1]) >= 11
    assert "chromium" in recipe


def test_the_metadata_is_complete() -> None:
    found = project()
    wanted = ("description", "license", "authors", "keywords", "classifiers", "requires-python")
    assert [name for name in wanted if not found.get(name)] == []
    assert found["dynamic"] == ["readme", "urls"]
    assert "Typing :: Typed" in found["classifiers"]  # type: ignore[operator]
    assert (ROOT / "miglab" / "py.typed").exists()
    assert found["keywords"] == yaml.safe_load(text("CITATION.cff"))["keywords"]
