"""The command that makes a super admin from where the bot runs."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cli.frame import FailureError
from storage import rights
from storage.database import Database

LENGTH = 320  # of an e-mail address


def grant(database: Database, number: int, email: str) -> str:
    """Make the person with this address a super admin; what is said of it."""
    name, at, domain = email.strip().partition("@")
    if not (name and at and domain) or len(email) > LENGTH or any(letter.isspace() for letter in email.strip()):
        raise FailureError(f"{email} is no e-mail address.")
    with database.write() as connection:
        rights.grant(connection, number, email, datetime.now(UTC))
    return f"{email.strip().lower()} is a super admin. A seat to work with clients is theirs to take: /workspace people"
