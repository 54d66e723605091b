"""Saved views: filters under a name, of one person or of a team. Whose they are, and what becomes of what they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot.domain.access import Person
from bot.domain.catalog import fold
from bot.domain.filter_text import parse, write
from bot.domain.filter_values import NEAR
from bot.domain.filters import Filter, FilterError, word
from bot.errors import UserError

MOST = 50  # that a person can save


class ViewNameError(UserError):
    """A name that a view cannot get."""


@dataclass(frozen=True)
class SavedView:
    id: int
    name: str
    text: str  # the filter, with names as they were when it was saved
    person_id: int  # who saved it
    person: str
    team_id: int | None  # None: their own
    team: str | None
    version: int
    csm: str | None  # the address of the person that it names, as it is now
    of_team: str | None  # the name of the team that it names, as it is now


def may_change(view: SavedView, asker: Person) -> bool:
    """Whoever saved it, and of a team's views its lead."""
    of_team = view.team_id is not None and asker.leads and view.team_id == asker.own_team_id
    return view.person_id == asker.id or of_team


def name(typed: str) -> str:
    """A name as it is kept. Raises ViewNameError or FilterError."""
    found = Filter(view=typed).view
    if found is None or not fold(found):
        raise ViewNameError("view_no_name")
    return found


def called(views: Sequence[SavedView], typed: str) -> SavedView:
    """The view of a name: one's own before the team's. Raises FilterError with what was meant."""
    by_key = {fold(one.name): one for one in sorted(views, key=lambda one: one.team_id is None)}
    if fold(typed) in by_key:
        return by_key[fold(typed)]
    having = [key for key in by_key if fold(typed) in key]
    near = having if len(having) == 1 else get_close_matches(fold(typed), by_key, 1, NEAR)
    if near:
        meant = write(Filter(view=by_key[near[0]].name))
        raise FilterError("filter_meant", name="view", word=word("view", typed), meant=meant)
    raise FilterError("filter_unknown_view", name="view", word=word("", typed))


def wanted(view: SavedView, categories: Mapping[str, str]) -> Filter:
    """The filter that a view keeps, with names as they are now. Raises UserError where one of them is gone."""
    try:
        kept = parse(view.text, categories)
    except FilterError as error:  # a category that the catalog has no longer
        raise UserError("view_names_gone", view=view.name, word=error.values["word"]) from error
    if kept.csm not in {None, "me", "nobody"}:
        kept = replace(kept, csm=_still(view, "csm", kept, view.csm))
    if kept.team not in {None, "mine", "all"}:
        kept = replace(kept, team=_still(view, "team", kept, view.of_team))
    return kept


def _still(view: SavedView, what: str, kept: Filter, now: str | None) -> str:
    if now is None:
        raise UserError("view_names_gone", view=view.name, word=word(what, kept.texts()[what]))
    return now
