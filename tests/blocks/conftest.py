"""Golden files: what a message or modal is, word for word. Rewritten by `UPDATE_GOLDEN=1 make test`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.playground.rules import Problem
from bot.playground.validation import block_problems, home_problems, view_problems

Golden = Callable[[str, dict[str, Any]], None]
FOLDER = Path(__file__).parent / "golden"


def _problems(made: dict[str, Any]) -> list[Problem]:
    match made.get("type"):
        case "modal":
            return view_problems(made)
        case "home":
            return home_problems(made)
        case _:
            return block_problems(made["blocks"], "message")


@pytest.fixture
def golden() -> Golden:
    """Compares with a golden file, after Slack's own rules were asked."""

    def compare(name: str, made: dict[str, Any]) -> None:
        assert not _problems(made)
        path = FOLDER / f"{name}.json"
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
        assert made == json.loads(path.read_text())

    return compare
