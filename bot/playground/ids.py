"""Made-up ids: views, hashes, triggers, secrets, and the block and action ids that an app left out."""

from __future__ import annotations

import itertools
import secrets
import time
from copy import deepcopy
from typing import Any

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COUNT = itertools.count(1)


def _short(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_id(kind: str) -> str:
    """A fresh id of that kind: "V" (view), "Ev" (event), "hash" or "trigger" in the shapes that Slack gives them."""
    if kind == "hash":
        return f"{int(time.time())}.{_short(8).lower()}"
    if kind == "trigger":
        return f"{next(_COUNT)}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
    return f"{kind}0{_short(9)}"


def new_secret() -> str:
    """Something that cannot be guessed: tokens, tickets, the last part of a response_url."""
    return secrets.token_urlsafe(18)


def fill_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A copy of the blocks in which every block has a block_id and every interactive element an action_id."""
    filled = deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", _short(5))
        for element in interactive_elements(block):
            element.setdefault("action_id", _short(5))
    return filled


def interactive_elements(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The elements of a block that a person can press or fill in."""
    if block["type"] == "actions":
        return list(block["elements"])
    if block["type"] == "input":
        return [block["element"]]
    accessory = block.get("accessory")
    return [accessory] if block["type"] == "section" and accessory and accessory["type"] != "image" else []
