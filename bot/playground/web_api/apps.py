"""The methods about the app itself: who am I, where is my socket, would these blocks be taken."""

from __future__ import annotations

from bot.playground.model import Json
from bot.playground.refusals import RefusalError
from bot.playground.validation import block_problems, view_problems
from bot.playground.web_api.method import Given, method


@method("auth.test")
def auth_test(given: Given) -> Json:
    team, app = given.slack.team, given.slack.app
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": given.slack.people[app.user_id].name,
        "team_id": team.id,
        "user_id": app.user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", token="app")  # noqa: S106 - a kind of token
def connections_open(given: Given) -> Json:
    return {"url": given.socket_url()}


@method("blocks.validate", token="none", takes="blocks message view")  # noqa: S106 - a kind of token
def validate(given: Given) -> Json:
    named = [name for name in ("blocks", "message", "view") if name in given.values]
    if len(named) != 1:
        raise RefusalError("invalid_arguments", ["provide exactly one of blocks, message, view"])
    document = given.document(named[0])
    if named[0] == "view":
        problems = view_problems(document)
    else:
        blocks = document.get("blocks", []) if named[0] == "message" and isinstance(document, dict) else document
        problems = block_problems(blocks, "message")
    if problems:
        raise RefusalError("invalid_blocks", [str(problem) for problem in problems])
    return {}
