"""What is installed is always the same: every dependency is pinned, and no file names where it comes from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
INSTALLING = ("pyproject.toml", "constraints.txt", "Makefile", ".ci/run", ".ci/browser")


def test_every_dependency_is_pinned_to_one_version() -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    asked = [one for group in (PROJECT["project"]["dependencies"], *extras) for one in group]
    names = {re.split(r"[\[<>=]", one)[0] for one in asked} - {PROJECT["project"]["name"]}
    lines = [line for line in PINS.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert names <= {line.split("==")[0].lower().replace("_", "-") for line in lines}


def test_no_file_names_where_packages_come_from() -> None:
    for name in INSTALLING:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|index-url|find-links|trusted-host", text), name
