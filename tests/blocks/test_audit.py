"""The audit: every change that storage keeps can be read."""

from __future__ import annotations

import re
from pathlib import Path

from bot.blocks.audit import ACTIONS

STORAGE = Path(__file__).parents[2] / "storage"
ACTION = re.compile(
    r'"((?:workspace|objects|team|address|seats|right|data|absence|cover|channel|digest)\.[a-z]+(?:ed|en)|address\.(?:un)?bound|absence\.set)"'
)


def test_every_change_that_is_kept_has_a_sentence() -> None:
    kept = {action for path in STORAGE.glob("*.py") for action in ACTION.findall(path.read_text(encoding="utf-8"))}
    assert kept == ACTIONS.keys()
