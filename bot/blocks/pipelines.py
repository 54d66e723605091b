"""A tab of services or revenue: a pipeline by its stages as a board, or a page of its records in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.blocks import home as tabs
from bot.blocks import ids, kit
from bot.blocks.kit import Block
from bot.blocks.scopes import LABELS
from bot.blocks.words import Words
from bot.domain.access import Person
from bot.domain.home import CUSTOMERS, Place, Space
from bot.domain.listing import Whose
from bot.domain.pipelines import Board, Item, Stage
from bot.domain.workspace_settings import BOARD, TABLE, key

STAGES = 40  # of a board: each is one block
PAGE = 10  # records of a table
CURRENCIES = 3
WHOSE = {Whose.MINE: "yours", Whose.TEAM: "your team's", Whose.ALL: "of all clients"}

NONE = {
    Whose.MINE: "None of these are yours.",
    Whose.TEAM: "None of these are your team's.",
    Whose.ALL: "There are none yet.",
}


def tab(
    space: Space,
    asker: Person,
    at: Place,
    whose: Whose,
    scopes: Sequence[Whose],
    found: Board,
    today: date,
    words: Words,
) -> list[Block]:
    """A pipeline. `scopes`: whose records could be shown instead."""
    stage = next((one for one in found.stages if one.key == at.stage), None)
    blocks = [_head(space, at, whose, found, stage, words), _ways(space, asker, at, whose, scopes, words)]
    if space.is_board(at):
        return [*blocks, *_board(at, found, today, words)]
    return [*blocks, *(_row(one, today, words) for one in found.items), *_paging(at, found, words)]


def _head(space: Space, at: Place, whose: Whose, found: Board, stage: Stage | None, words: Words) -> Block:
    """What is shown and whose, how many and worth what; beside it the pipelines to choose from."""
    shown = found.stages if stage is None else [stage]
    name = [tabs.title(space, at.tab, words), _named(found.pipeline, words("no pipeline"))]
    name += [_named(stage.name, words("no stage"))] if stage is not None else []
    number = words.count("{n} record", "{n} records", sum(one.number for one in shown))
    lines = [f"*{' · '.join(name)}*", " · ".join([number, *_sums(_total(shown), words), words(WHOSE[whose])])]
    if len(found.pipelines) < 2:
        return kit.section(*lines)
    options = [(one or words("no pipeline"), key(one)) for one in found.pipelines]
    menu = kit.select(ids.CHOOSE_PIPELINE, options, key(found.pipeline))
    here = replace(at, pipeline=key(found.pipeline), stage="", first=0)  # another id with another pipeline: Slack
    return kit.carrying("pipeline", str(here), kit.section(*lines, accessory=menu))  # else keeps what was chosen


def _named(text: str, otherwise: str) -> str:
    return kit.name(text, 60) if text else otherwise


def _total(shown: Sequence[Stage]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for one in shown:
        for currency, amount in one.amounts.items():
            sums[currency] = sums.get(currency, 0) + amount
    return sums


def _sums(amounts: Mapping[str, float], words: Words) -> list[str]:
    """An amount for each currency: sums of two would mean nothing."""
    most = sorted(amounts, key=lambda one: (-amounts[one], one))
    told = [words.money(amounts[one], one) for one in most[:CURRENCIES]]
    return [*told, *([words("and {n} more currencies", n=len(most) - CURRENCIES)] if len(most) > CURRENCIES else [])]


def _ways(space: Space, asker: Person, at: Place, whose: Whose, scopes: Sequence[Whose], words: Words) -> Block:
    """Others' records, the other layout, all stages, and for those who may the settings."""
    begin = replace(at, first=0)
    places = [(words(LABELS[one]), one.value, replace(begin, whose=one.value)) for one in scopes if one is not whose]
    if at.stage:
        places.append((words("All stages"), "stages", replace(begin, stage="")))
    elif space.is_board(at):
        places.append((words("As a table"), "layout", replace(begin, layout=TABLE)))
    else:
        places.append((words("As a board"), "layout", replace(begin, layout=BOARD)))
    buttons = [kit.button(label, f"{ids.SHOW_HOME}:{name}", str(place)) for label, name, place in places]
    return kit.actions(*buttons, *tabs.settings_button(space, asker, words))


def _board(at: Place, found: Board, today: date, words: Words) -> Iterator[Block]:
    for stage in found.stages[:STAGES]:
        first = found.of(stage)
        number = words.number(stage.number)
        title = " · ".join([f"*{_named(stage.name, words('no stage'))}*", number, *_sums(stage.amounts, words)])
        lines = [title, *(_line(one, today, words) for one in first)]
        every = kit.button(
            words("All {n}", n=number), f"{ids.SHOW_HOME}:stage", str(replace(at, stage=stage.key, first=0))
        )
        yield kit.section(*lines, accessory=every if stage.number > len(first) else None)
    more = len(found.stages) - STAGES
    if more > 0:
        yield kit.context(words.count("{n} further stage is not shown", "{n} further stages are not shown", more))


def _line(one: Item, today: date, words: Words) -> str:
    name = kit.link(one.url, kit.name(one.name, 60))
    return " · ".join(filter(None, [name, kit.name(one.client, 60), _worth(one, words), *_who(one, today, words)]))


def _row(one: Item, today: date, words: Words) -> Block:
    name = f"*{kit.link(one.url, kit.name(one.name, 60))}*\n{kit.name(one.client, 60)}"
    first = " · ".join(filter(None, [_named(one.stage, words("no stage")), _worth(one, words)]))
    rest = " · ".join(_who(one, today, words))
    open_ = kit.button(words("Open"), ids.OPEN_LISTED, str(one.client_id))
    return kit.columns(name, "\n".join(filter(None, [first, rest])), accessory=open_)


def _worth(one: Item, words: Words) -> str:
    return words.money(one.amount, one.currency) if one.amount is not None else ""


def _who(one: Item, today: date, words: Words) -> list[str]:
    day = words.weekday(one.renews_on, today) if one.renews_on is not None else ""
    return list(filter(None, [kit.name(one.csm or "", 40), day]))


def _paging(at: Place, found: Board, words: Words) -> list[Block]:
    buttons = []
    if at.first:
        back = replace(at, first=max(0, at.first - PAGE))
        buttons.append(kit.button(words("◀ Back"), f"{ids.SHOW_HOME}:back", str(back)))
    if found.has_more:
        after = replace(at, first=at.first + PAGE)
        buttons.append(kit.button(words("Next ▶"), f"{ids.SHOW_HOME}:next", str(after)))
    return [kit.actions(*buttons)] if buttons else []


def nothing(space: Space, asker: Person, at: Place, whose: Whose, words: Words) -> list[Block]:
    """Where a tab has no records: why, and one way on."""
    name = tabs.title(space, at.tab, words)
    lines = [f"*{name}*", words(NONE[whose])]
    if whose is not Whose.ALL:
        wider = replace(Place(at.tab, layout=at.layout), whose=Whose.ALL.value)
        button = kit.button(words(LABELS[Whose.ALL]), f"{ids.SHOW_HOME}:all", str(wider))
        return [kit.section(*lines), kit.actions(button)]
    lines.append(words("Records are shown once they are loaded, of clients of your CS workspace, in its pipelines."))
    ways = tabs.settings_button(space, asker, words)
    back = kit.button(words("Customers"), f"{ids.SHOW_HOME}:customers", str(Place(CUSTOMERS)))
    return [kit.section(*lines), kit.actions(*(ways or [back]))]
