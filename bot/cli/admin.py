"""What an admin decides from where the bot runs: who is a super admin, and which channels may have others in them."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cli.frame import FailureError
from storage import allowed_channels, rights
from storage.database import Database

LENGTH = 320  # of an e-mail address
CHANNEL = 80  # characters of a channel's name


def grant(database: Database, number: int, email: str) -> str:
    """Make the person with this address a super admin; what is said of it."""
    name, at, domain = email.strip().partition("@")
    if not (name and at and domain) or len(email) > LENGTH or any(letter.isspace() for letter in email.strip()):
        raise FailureError(f"{email} is no e-mail address.")
    with database.write() as connection:
        rights.grant(connection, number, email, datetime.now(UTC))
    return f"{email.strip().lower()} is a super admin. A seat to work with clients is theirs to take: /workspace people"


def allow(database: Database, number: int, channel: str) -> str:
    """Let client data be posted to the channel of this name whoever reads it; what is said of it."""
    name = _name(channel)
    with database.write() as connection:
        allowed_channels.allow(connection, number, name, datetime.now(UTC))
    return f"#{name} may have client data, though guests or another company read it. Undo: admin forbid {name}"


def forbid(database: Database, number: int, channel: str) -> str:
    name = _name(channel)
    with database.write() as connection:
        if not allowed_channels.forbid(connection, number, name, datetime.now(UTC)):
            raise FailureError(f"#{name} was not allowed.")
    return f"#{name} may have client data only while nobody else reads it."


def _name(channel: str) -> str:
    """Slack's name of a channel: small letters, no spaces, 80 characters at most."""
    name = channel.strip().removeprefix("#")
    if not name or len(name) > CHANNEL or name != name.lower() or any(letter.isspace() for letter in name):
        raise FailureError(f"{channel} is no channel's name. Slack writes them in small letters and without spaces.")
    return name
