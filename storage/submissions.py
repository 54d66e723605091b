"""Modals that were submitted: each writes once, even if Slack or a person sends it twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from storage.installations import lock
from storage.schema import submission

KEPT = timedelta(days=1)


def claim(connection: Connection, installation_id: int, slack_view_id: str, now: datetime) -> bool:
    """Whether this submission is the first of its modal: then its transaction may write. Locks the installation."""
    lock(connection, installation_id)
    mine = submission.c.installation_id == installation_id
    connection.execute(delete(submission).where(mine, submission.c.submitted_at < now - KEPT))
    known = select(submission.c.slack_view_id).where(mine, submission.c.slack_view_id == slack_view_id)
    if connection.scalar(known) is not None:
        return False
    values = {"installation_id": installation_id, "slack_view_id": slack_view_id, "submitted_at": now}
    connection.execute(insert(submission).values(values))
    return True


def release(connection: Connection, installation_id: int, slack_view_id: str) -> None:
    """What was claimed did not come to pass: it may be tried again."""
    mine = (submission.c.installation_id == installation_id, submission.c.slack_view_id == slack_view_id)
    connection.execute(delete(submission).where(*mine))
