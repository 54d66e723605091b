"""What goes into the wheel: an installed bot has all that a checkout has."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path

from bot import manifest

ROOT = Path(__file__).parents[1]
GIVEN = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]


def test_what_is_not_python_is_named_as_a_package_s_data() -> None:
    files = [path.relative_to(ROOT) for package in GIVEN for path in (ROOT / package).rglob("*") if path.is_file()]
    others = [path for path in files if path.suffix != ".py" and "__pycache__" not in path.parts]
    left_out = [
        path for path in others if not any(fnmatch("/".join(path.parts[1:]), one) for one in GIVEN[path.parts[0]])
    ]
    assert len(others) > 5
    assert left_out == []


def test_the_manifest_in_the_wheel_is_the_one_at_the_top() -> None:
    assert manifest.FILE.is_relative_to(ROOT / "bot")
    assert manifest.FILE.resolve() == ROOT / "manifest.yml"
