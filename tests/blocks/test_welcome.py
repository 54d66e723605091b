"""The welcome of who gets a seat."""

from __future__ import annotations

from bot.blocks.welcome import welcome
from bot.blocks.words import speak
from tests.blocks.conftest import Golden


def test_a_welcome_says_how_many_clients_and_how_to_begin(golden: Golden) -> None:
    golden("welcome", welcome("Anna", 52, "/engagement", speak()))
    golden("welcome_no_clients", welcome("Bo <b>", 0, "/engagement", speak()))
