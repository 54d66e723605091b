"""The manifest is read strictly: what is not understood is refused with its line."""

from pathlib import Path

import pytest

from bot.playground.manifest import Manifest, parse
from tests.playground.conftest import MANIFEST


def test_the_projects_own_manifest_gives_commands_scopes_and_events() -> None:
    manifest = Manifest.read(MANIFEST)
    engagement = manifest.command("/engagement")
    assert engagement is not None
    assert engagement.usage_hint == "[client | filters] or help"
    assert {"commands", "chat:write"} <= manifest.scopes
    assert "message.im" in manifest.events
    assert manifest.messages_tab
    assert [each.callback_id for each in manifest.shortcuts_of("global")] == ["log_task", "leave_note"]
    assert manifest.command("/nobody") is None


def test_maps_lists_quotes_and_comments_are_read() -> None:
    text = """
# a comment
a: 1
b:
  c: "with: colon"   # and a comment
  d: 'it has # inside'
  e:
  - one
  - two
list:
  - k: v
    w: true
  - k: x
empty:
"""
    assert parse(text) == {
        "a": 1,
        "b": {"c": "with: colon", "d": "it has # inside", "e": ["one", "two"]},
        "list": [{"k": "v", "w": True}, {"k": "x"}],
        "empty": None,
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\na: 2", 2),
        ("a: [1, 2]", 1),
        ("a: |\n  text", 1),
        ("a: 'open", 1),
        ("a: 1\njust words", 2),
        ('a: "back\\slash"', 1),
        ("a: 1\n    b: 2", 2),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(ValueError, match=f"line {line}:"):
        parse(text)


def test_optional_scopes_are_granted_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text("oauth_config:\n  scopes:\n    bot:\n      - a\n    bot_optional:\n      - b\n")
    manifest = Manifest.read(path)
    assert manifest.scopes == {"a", "b"}
    assert manifest.commands == ()
    assert not manifest.messages_tab
