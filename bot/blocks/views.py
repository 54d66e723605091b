"""Saved views: the list of them, and the modals that save, rename and delete one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Message, Modal
from bot.blocks.notices import notice
from bot.blocks.wording import explain
from bot.blocks.words import Words
from bot.domain.access import Person
from bot.domain.filter_text import write
from bot.domain.filters import LENGTHS, Filter
from bot.domain.views import SavedView, may_change, wanted
from bot.errors import UserError

PAGE = 8  # views: with names and filters at their longest, as many as a message holds
FILTER = 150  # characters of a filter
NAME = "name"  # the fields
WHOSE = "whose"
MINE, TEAM = "mine", "team"  # what the second one says


def page(
    found: Sequence[SavedView], first: int, asker: Person, categories: Mapping[str, str], command: str, words: Words
) -> Message:
    """Saved views from the one at this place on."""
    if not found:
        text = words(
            "No saved views yet. Make a list, such as `{command} tier:low`: its menu saves it.", command=command
        )
        return kit.message(text.replace("`", ""), [kit.section(text), kit.actions(_overview(words))])
    shown = found[first : first + PAGE]
    title = words.count("{n} saved view", "{n} saved views", len(found))
    blocks = [block for one in shown for block in _view(one, asker, categories, words)]
    told = [f"{_title(one, words)}: {_filter(one, categories, words)[0].rstrip('.')}" for one in shown]
    head = kit.section(f"*{title}*")
    text = f"{title}. {'. '.join(told)}."
    return kit.message(text.replace("*", "").replace("`", ""), [head, *blocks, _turning(found, first, words)])


def _view(one: SavedView, asker: Person, categories: Mapping[str, str], words: Words) -> Iterator[Block]:
    text, is_whole = _filter(one, categories, words)
    yield kit.section(_title(one, words), text)
    change = [(words("Rename"), f"{ids.RENAME_VIEW}:{one.id}"), (words("Delete"), f"{ids.DELETE_VIEW}:{one.id}")]
    show = [kit.button(words("Show"), ids.SHOW_VIEW, str(one.id))] if is_whole else []
    menu = [kit.overflow(ids.CHANGE_VIEW, change)] if may_change(one, asker) else []
    if show or menu:
        yield kit.actions(*show, *menu)


def _title(one: SavedView, words: Words) -> str:
    name = f"*{kit.name(one.name)}*"
    if one.team is None:
        return name
    return words(
        "{name} · for {team}, by {person}", name=name, team=kit.name(one.team, 60), person=kit.name(one.person, 40)
    )


def _filter(one: SavedView, categories: Mapping[str, str], words: Words) -> tuple[str, bool]:
    """What a view keeps, and whether all that it names is there."""
    try:
        return _typed(write(wanted(one, categories)), words), True
    except UserError as error:
        return kit.plain(explain(error, words)), False


def _typed(text: str, words: Words) -> str:
    shown = kit.escape(kit.cut(text, FILTER)).replace("`", "")
    return f"`{shown}`" if shown else words("all clients of whoever looks")


def _turning(found: Sequence[SavedView], first: int, words: Words) -> Block:
    buttons = []
    if first > 0:
        buttons.append(kit.button(words("◀ Back"), f"{ids.TURN_VIEWS}:back", str(max(0, first - PAGE))))
    if first + PAGE < len(found):
        buttons.append(kit.button(words("Next ▶"), f"{ids.TURN_VIEWS}:next", str(first + PAGE)))
    return kit.actions(*buttons, _overview(words))


def _overview(words: Words) -> kit.Element:
    return kit.button(words("Overview"), ids.SHOW_OVERVIEW, "")


def save(asker: Person, state: FormState, words: Words) -> Modal:
    """A name for the list's filter, which the state is about."""
    kept = words("It keeps: {filter}", filter=_typed(state.about, words))
    return forms.modal(
        words("Save view"), [_name("", words), *_whose(asker, words), kit.context(kept)], ids.SAVE_VIEW, state, words
    )


def _name(text: str, words: Words) -> Block:
    return kit.field(words("Name"), kit.line(NAME, text, LENGTHS["view"]), optional=False)


def _whose(asker: Person, words: Words) -> list[Block]:
    """For oneself or for the team; where there is no team there is nothing to choose."""
    if asker.own_team_id is None:
        return []
    options = [(words("Only me"), MINE), (words("Everybody in {team}", team=asker.team), TEAM)]
    return [kit.field(words("For"), kit.radios(WHOSE, options, MINE), optional=False)]


def rename(view: SavedView, state: FormState, words: Words) -> Modal:
    return forms.modal(words("Rename view"), [_name(view.name, words)], ids.RENAME_VIEW, state, words)


def delete(view: SavedView, state: FormState, words: Words) -> Modal:
    text = words("Delete *{name}*?", name=kit.name(view.name))
    if view.team is not None:
        text += " " + words("Everybody in {team} loses it.", team=kit.name(view.team, 60))
    return forms.modal(words("Delete view"), [kit.section(text)], ids.DELETE_VIEW, state, words, words("Delete"))


def saved(name: str, command: str, words: Words) -> Modal:
    typed = f"{command} {write(Filter(view=name))}"
    return notice(
        words("Saved. `{typed}` shows it.", typed=kit.escape(typed).replace("`", "")), words, words("Save view")
    )
