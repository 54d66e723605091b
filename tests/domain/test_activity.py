"""How a command that logs something names its client."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activity import NAME, beginnings, may_name


def test_the_longest_beginning_comes_first() -> None:
    assert list(beginnings("acme eiendom call")) == [
        ("acme eiendom call", ""),
        ("acme eiendom", "call"),
        ("acme", "eiendom call"),
    ]


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    found = list(beginnings(text))
    assert len(found) == min(NAME, len(text.split()))
    for name, rest in found:
        assert [*name.split(), *rest.split()] == text.split()


@pytest.mark.parametrize(
    ("words", "name", "may"),
    [
        ("acme", "Acme AS", True),
        ("acme as", "Acme AS", True),
        ("acme call", "Acme AS", False),
        ("acme eiendom call", "Acme Eiendom AS", False),
        ("acme.example", "Acme AS", True),
        ("vandelay nordd", "Vandelay Nord Oy", True),
    ],
)
def test_more_words_than_a_name_has_are_not_all_its(words: str, name: str, may: bool) -> None:
    assert may_name(words, name) is may
