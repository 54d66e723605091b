"""Who the bot's token is: the Slack workspace behind it, and the installation that it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy.exc import IntegrityError

from storage import installations
from storage.database import Database
from storage.installations import Installation


class OtherWorkspaceError(Exception):
    """The database belongs to another Slack workspace than the token."""


@dataclass(frozen=True)
class Identity:
    """What auth.test says of a bot token."""

    team_id: str
    team: str
    url: str
    enterprise_id: str | None
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str]


def ask(slack: WebClient) -> Identity:
    """One auth.test. Raises SlackApiError where the token is refused, URLError where Slack cannot be reached."""
    answer = slack.auth_test()
    headers = {name.lower(): str(value) for name, value in answer.headers.items()}
    return Identity(
        team_id=answer["team_id"],
        team=answer.get("team", ""),
        url=answer.get("url", ""),
        enterprise_id=answer.get("enterprise_id"),
        bot_user_id=answer["user_id"],
        bot_id=answer["bot_id"],
        scopes=frozenset(filter(None, (scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")))),
    )


def authorizer(identity: Identity, token: str) -> Callable[..., AuthorizeResult]:
    """Bolt's `authorize`, answered from what is known: Bolt's own asks Slack during the first request."""
    result = AuthorizeResult(
        enterprise_id=identity.enterprise_id,
        team_id=identity.team_id,
        bot_user_id=identity.bot_user_id,
        bot_id=identity.bot_id,
        bot_token=token,
    )

    def authorize(**_: object) -> AuthorizeResult:
        return result

    return authorize


def bind(database: Database, identity: Identity, now: datetime, currency: str) -> Installation:
    """The token's installation: the one of its Slack workspace, else one that no token has claimed, else a new one.

    Raises:
        OtherWorkspaceError: where other tokens have claimed every installation of the database.
    """
    try:
        return _bind(database, identity, now, currency)
    except IntegrityError:  # another process was a moment faster; now its installation is there
        return _bind(database, identity, now, currency)


def _bind(database: Database, identity: Identity, now: datetime, currency: str) -> Installation:
    with database.write() as connection:
        every = installations.every(connection)
        mine = [one for one in every if one.slack_team_id == identity.team_id]
        unclaimed = [one for one in every if one.slack_team_id is None]
        if mine:
            return mine[0]
        if every and len(unclaimed) != 1:
            raise OtherWorkspaceError
        found = unclaimed[0] if unclaimed else installations.create(connection, now, currency)
        installations.bind(connection, found.id, identity.team_id)
    return found
