"""What Slack itself says to a person, privately, when something cannot be done."""

from __future__ import annotations

from bot.playground.model import Message
from bot.playground.people import SLACKBOT
from bot.playground.state import Slack


def tell(slack: Slack, person_id: str, channel_id: str, text: str) -> Message:
    """A private message of Slack's own."""
    return slack.post(channel_id, SLACKBOT, text, ephemeral_to=person_id)


def unknown_command(command: str) -> str:
    return f"{command} is not a valid command. In Slack, all messages that start with the slash character are commands."


def command_failed(command: str, code: str) -> str:
    return f'{command} failed with the error "{code}"'


def press_failed(code: str) -> str:
    return f'This action failed with the error "{code}"'


def invited(name: str) -> str:
    return f"@{name} is in this channel now."


def already_here(name: str) -> str:
    return f"@{name} is already in this channel."


SUBMIT_FAILED = "We had some trouble connecting. Try again?"
