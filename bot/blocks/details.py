"""The modals behind a card: the tools of a category, and why a score is not known."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import absences, ids, kit
from bot.blocks.kit import Block, Modal
from bot.blocks.words import Words
from bot.domain.catalog import Catalog
from bot.domain.engagement import Engagement, ToolUse, tools_of
from bot.domain.marks import LASTS, Mark, Say
from bot.domain.scoring import Area, Reason, State

MOST_TOOLS = 60  # shown in a category, a block each; a modal takes 100 blocks and 250 kB
SAYS = {Say.USED: "Used", Say.UNUSED: "Not used", Say.TAKE_BACK: "Take back"}


def category(catalog: Catalog, one: Engagement, key: str, words: Words) -> Modal:
    """Each tool of a category: included or not, used how often and when last, points given and why.

    A menu beside it says what data does not: that it is used, or not.
    """
    shown = catalog.categories.get(key) or next(iter(catalog.categories.values()))
    uses = tools_of(catalog, one, shown.key)
    tools = [_section(catalog, one, use, words) for use in uses[:MOST_TOOLS]]
    if len(uses) > MOST_TOOLS:
        tools.append(kit.section(words("… and {n} more", n=len(uses) - MOST_TOOLS)))
    menu = kit.select(ids.CHOOSE_CATEGORY, _options(one, words), shown.key)
    head = kit.section(f"*{kit.name(one.client.name)}*", accessory=menu)
    title = f"{kit.cut(shown.name, 14)}: {_points(one.areas[shown], words)}"
    foot = kit.context(_footnote(one, shown.key, uses, words))
    blocks = [head, *tools, _logging(f"{one.client.id} {shown.key}", words), foot]
    made = kit.modal(title, blocks, close=words("Close"), metadata=str(one.client.id))
    return absences.marked(made, one.client.covered, one.day, words)


def _logging(about: str, words: Words) -> kit.Block:
    """What is logged about the client and the category."""
    task = kit.button(words("Log task"), ids.LOG_TASK, about)
    return kit.actions(task, kit.button(words("Leave a note"), ids.LEAVE_NOTE, about))


def _options(one: Engagement, words: Words) -> list[tuple[str, str]]:
    return [(f"{category.name}: {_points(area, words)}", category.key) for category, area in one.areas.items()]


def _points(area: Area, words: Words) -> str:
    if area.possible:
        return words("{earned} of {possible}", earned=area.earned, possible=area.possible)
    if not area.included:
        return words("not bought")
    return words("new") if area.measured else words("not measured")


def _section(catalog: Catalog, one: Engagement, use: ToolUse, words: Words) -> Block:
    options = [(words(SAYS[say]), say.value) for say in use.choices]
    menu = kit.overflow(ids.MARK_TOOL, options) if options else None
    return kit.carrying("tool", use.tool.key, kit.section(*_tool(catalog, one, use, words), accessory=menu))


def _tool(catalog: Catalog, one: Engagement, use: ToolUse, words: Words) -> list[str]:
    title = f"*{kit.name(use.tool.name, 60)}*"
    if use.state is State.NOT_BOUGHT:
        return [words("{tool}: {why}", tool=title, why=_needs(catalog, use, words))]
    if use.state is State.NOT_MEASURED:
        return [words("{tool}: not measured", tool=title)]
    return [f"{title} {_given(use, words)}", *_sources(one, use, words)]


def _sources(one: Engagement, use: ToolUse, words: Words) -> list[str]:
    """What somebody says of a tool, and what the data does."""
    if use.mark is None:
        return [_used(one, use, words)]
    used = _used(one, use, words)
    data = [words("In the data: {used}", used=used[:1].lower() + used[1:])] if use.is_measured else []
    return [_said(use.mark, one, words), *data]


def _said(mark: Mark, one: Engagement, words: Words) -> str:
    """Under the name of who said it, as data stands under its day."""
    text = (
        words("Used, says {person}, {day} · counts until {until}")
        if mark.is_used
        else words("Not used, says {person}, {day} · counts until {until}")
    )
    person = kit.name(mark.person, 40) or words("somebody")
    return text.format(person=person, day=words.day(mark.said_on, one.day), until=words.day(mark.until, one.day))


def _given(use: ToolUse, words: Words) -> str:
    points = use.tool.points
    match use.state:
        case _ if not points:
            return words("· not scored")
        case State.EARNED:
            return words("{n} of {all}", n=points, all=points)
        case State.UNUSED:
            return words("{n} of {all}", n=0, all=points)
        case State.NEW:
            return words("· new, does not count yet")
        case State.FREE_USE:
            return words("· free version, earns nothing")
        case _:
            return words("· included, counts only when used")


def _used(one: Engagement, use: ToolUse, words: Words) -> str:
    times, last = use.use
    need = words.count(
        "{n} use in {days} days counts as in use",
        "{n} uses in {days} days count as in use",
        use.tool.at_least,
        days=use.tool.within,
    )
    if last is None:
        return words("Never used; {need}", need=need)
    day = words.day(last, one.day)
    if not times:
        return words("None since {day}; {need}", day=day, need=need)
    used = words.count("{n} use, last {day}", "{n} uses, last {day}", times, day=day)
    return used if times >= use.tool.at_least else f"{used}; {need}"


def _needs(catalog: Catalog, use: ToolUse, words: Words) -> str:
    if use.needs is None:
        return words("not bought")
    product = catalog.products[use.needs.product]
    edition = product.editions[use.needs.rank].capitalize()
    return words("needs {product} {edition}", product=kit.plain(product.name), edition=kit.plain(edition))


def _footnote(one: Engagement, key: str, uses: Sequence[ToolUse], words: Words) -> str:
    """How far the data of a category goes, and what can be said beside it."""
    day = one.late.get(key, one.data_to)
    data = words("No usage data yet") if day is None else words("Data to {day}", day=words.weekday(day, one.day))
    if not any(use.choices for use in uses):
        return data
    return words("{data} · ⋯ marks a tool as used or not used, for {n} days", data=data, n=LASTS.days)


def missing(one: Engagement, words: Words) -> Modal:
    """Why a score is not known, and what would make it known."""
    match one.verdict.reason:
        case Reason.NO_SUBSCRIPTION:
            lines = [
                words("Subscriptions are loaded, but none of them names this client."),
                words("To mend: add its row to `subscriptions.csv` (with this client's id) and import again."),
            ]
        case Reason.NOTHING_POSSIBLE:
            lines = [
                words("No source measures a tool that this client's subscription includes, or all of it is new."),
                words("To mend: import usage of its tools, or check the product names in its subscriptions."),
            ]
        case _:
            lines = [
                words("No usage of this client was ever imported."),
                words("To mend: import a `usage.csv` that names it. A score is then made at once."),
            ]
    head = words("Why the score of *{name}* is not known", name=kit.name(one.client.name))
    return kit.modal(words("What is missing"), [kit.section(head, "", *lines)], close=words("Close"))
