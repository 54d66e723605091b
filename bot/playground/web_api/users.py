"""The users methods: one person, everybody, one by e-mail."""

from __future__ import annotations

from bot.playground.model import Json, Person
from bot.playground.refusals import RefusalError
from bot.playground.shapes import user_json
from bot.playground.web_api.conversations import page, paged
from bot.playground.web_api.method import Given, method


def shown(given: Given, person: Person) -> Json:
    email = "users:read.email" in given.scopes
    return user_json(given.slack, person, email=email, locale=given.flag("include_locale"))


@method("users.info", scope="users:read", takes="user include_locale")
def info(given: Given) -> Json:
    person = given.slack.people.get(given.required("user"))
    if person is None:
        raise RefusalError("user_not_found")
    return {"user": shown(given, person)}


@method("users.list", scope="users:read", takes="cursor limit include_locale")
def list_all(given: Given) -> Json:
    part, following = page(given, list(given.slack.people.values()))
    listed = [shown(given, person) for person in part]
    return paged("members", listed, following) | {"cache_ts": int(given.slack.real_time())}


@method("users.lookupByEmail", scope="users:read.email", takes="email")
def lookup_by_email(given: Given) -> Json:
    email = given.required("email").casefold()
    for person in given.slack.people.values():
        if person.email.casefold() == email and not person.deleted and person.team_id == given.slack.team.id:
            return {"user": shown(given, person)}
    raise RefusalError("users_not_found")
