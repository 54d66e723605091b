"""A client's score over time: a chart, what happened, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import absences, ids, kit, moves
from bot.blocks.kit import Message
from bot.blocks.words import Words
from bot.domain.catalog import Catalog
from bot.domain.engagement import Engagement
from bot.domain.moves import tenths
from bot.domain.timeline import Event, Stage, events, weekly

EVENTS = 8


def history(catalog: Catalog, one: Engagement, stages: Sequence[Stage], words: Words) -> Message:
    """The answer to `/engagement acme history`."""
    name = kit.name(one.client.name)
    points = (
        weekly(
            stages,
            one.client.as_of,
        )
        if one.client.as_of is not None
        else []
    )
    if len(points) < 2:
        text = words("*{name}*: no score over time yet. It grows with each import.", name=name)
        return kit.message(text.replace("*", ""), [kit.section(text), _back(one, words)])
    labelled = [(words.day(day, one.day), score) for day, score in points]
    chart = kit.chart(words("Score of {name}", name=kit.spoken(one.client.name, 40)), "line", labelled, words("Score"))
    happened = [_event(catalog, event, one, words) for event in events(stages)[:EVENTS]]
    head = words("*{name}* · score over {n} weeks", name=name, n=len(points))
    lines = [words("*What moved it*"), *happened] if happened else [words("Nothing moved it by half a point or more.")]
    foot = [words("Data to {day}", day=words.weekday(one.client.as_of or one.day, one.day)), words("only you see this")]
    if any(stage.from_import for stage in stages):
        foot.insert(0, words("Weeks before the first import are worked out from its usage"))
    blocks = [kit.section(head), chart, kit.section(*lines), _back(one, words), kit.context(" · ".join(foot))]
    made = kit.message(f"{_spoken(head, labelled, lines, words)}. {foot[-2]}.", blocks)
    return absences.marked(made, one.client.covered, one.day, words)


def _event(catalog: Catalog, event: Event, one: Engagement, words: Words) -> str:
    scores = f"{event.before} → {event.after}" if event.before != event.after else str(event.after)
    cause = moves.short(catalog, event.parts, words)
    moved = moves.points(tenths(event.moved), words)
    told = words("{day} · {scores} ({moved})", day=words.day(event.day, one.day), scores=scores, moved=moved)
    return f"{told} · {cause}" if cause else told


def _spoken(head: str, points: Sequence[tuple[str, float]], lines: Sequence[str], words: Words) -> str:
    """The chart's text twin: its values one by one."""
    values = ", ".join(f"{label} {words.decimal(score)}" for label, score in points)
    first, *rest = lines
    told = f"{first}: {'; '.join(rest)}" if rest else first.rstrip(".")
    return f"{head}: {values}. {told}".replace("*", "")


def _back(one: Engagement, words: Words) -> kit.Block:
    return kit.actions(kit.button(words("Card"), f"{ids.OPEN_CLIENT}:0", str(one.client.id)))
