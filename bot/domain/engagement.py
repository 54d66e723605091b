"""What there is to say of one client's engagement: score, change, categories, next step, and how old it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.domain import freshness
from bot.domain.answers import is_open
from bot.domain.catalog import Catalog, Category, Grant, Tier, Tool
from bot.domain.clients import Client
from bot.domain.evidence import Situation, situation
from bot.domain.freshness import Reach
from bot.domain.marks import Mark, Say, choices, matters
from bot.domain.moves import Ground, Part, explain
from bot.domain.opportunities import Opportunity, find, offers
from bot.domain.scoring import Area, State, Use, Verdict, judge, next_step, state
from bot.domain.snoozes import Snooze


@dataclass(frozen=True)
class Engagement:
    """A client, judged. `day` is what "today" is to the person who asks."""

    catalog: Catalog
    client: Client
    verdict: Verdict
    areas: Mapping[Category, Area]
    step: Tool | None  # what to do next
    day: date
    moves: tuple[Part, ...]  # why the share is other than a week before, largest first
    late: Mapping[str, date]  # the categories whose data is late and ends before the rest's, by key, with that day

    @property
    def data_to(self) -> date | None:
        """The day that the newest of the client's sources goes to."""
        return None if self._newest is None else self._newest.day

    @cached_property  # a card asks several times
    def _newest(self) -> Reach | None:
        """Where no source is known to cover the client, that of the installation's data."""
        day = self.client.as_of
        return freshness.newest(self.client.reaches) or (None if day is None else Reach(freshness.EVERY, day))

    @property
    def age(self) -> int | None:
        """Days since the data ends."""
        return None if self.data_to is None else freshness.age(self.data_to, self.day)

    @property
    def is_late(self) -> bool:
        return self._newest is not None and self._newest.is_late(self.day)

    @cached_property
    def change(self) -> int | None:
        """Points of the score gained in 7 days; None where there is nothing to compare, or the data is late."""
        if self.is_late or self.verdict.score is None or self.score_before is None:
            return None
        return self.verdict.score - self.score_before

    @property
    def score_before(self) -> int | None:
        """A week before the data's day."""
        return None if self.client.before is None else self.client.before.score

    @property
    def renews_in(self) -> int | None:
        """Days until the renewal; negative when it has passed."""
        return None if self.client.renews_on is None else (self.client.renews_on - self.day).days

    @property
    def ended_on(self) -> date | None:
        """The day from which a former client has had no subscription; None where nobody wrote it down."""
        return max((one.end for one in self.client.facts.subscriptions if one.end is not None), default=None)

    @property
    def is_idle(self) -> bool:
        """Covered, but nothing used in any window: a score of 0 that says since when."""
        return self.verdict.score == 0 and not self.client.facts.counted[1]

    @cached_property
    def quiet(self) -> tuple[tuple[Tool, Use], ...]:
        """The tools that are going quiet, with their last use."""
        tools = ((place, tool) for place, tool in enumerate(self.catalog.tools) if tool.key in self.client.quiet)
        return tuple((tool, self.client.uses.get(place, Use())) for place, tool in tools)

    @property
    def snoozed(self) -> Snooze | None:
        """How it is put off, unless that has ended."""
        kept, low, medium = self.client.snooze, self.catalog.bands[Tier.LOW], self.catalog.bands[Tier.MEDIUM]
        if kept is None or kept.ends(self.day, self.verdict.share, self.client.renews_on, (low[1], medium[1])):
            return None
        return kept

    def situation(self) -> Situation:
        """What the rules of opportunities look at."""
        client = self.client
        return situation(client.facts, self.verdict, client.uses, client.properties)

    def opportunities(self) -> tuple[Opportunity, ...]:
        """What is open: not answered, or no longer so. What is held back is among it."""
        return self._open(find(self.catalog, self.situation()))

    def offers(self) -> tuple[Opportunity, ...]:
        """Those of them that the client could buy."""
        return self._open(offers(self.catalog, self.situation()))

    def _open(self, found: Iterable[Opportunity]) -> tuple[Opportunity, ...]:
        return tuple(one for one in found if is_open(one, self.client.answers.get(one.key), self.day))


@dataclass(frozen=True)
class ToolUse:
    """A tool in the details of a category."""

    tool: Tool
    state: State
    use: Use
    needs: Grant | None  # what would have to be bought, where it is not included
    is_measured: bool  # by data
    mark: Mark | None  # what somebody says beyond that
    choices: tuple[Say, ...]  # what somebody may say


def assess(catalog: Catalog, client: Client, today: date) -> Engagement:
    """Judge a client on the day that its data goes to."""
    facts = client.facts
    verdict = judge(catalog, facts, client.as_of or today)
    areas = dict(zip(catalog.categories.values(), verdict.points.areas, strict=True))
    step = next_step(catalog, verdict.points, verdict.entitlement, *facts.counted)
    moves = _moves(catalog, client, verdict)
    late = freshness.late(catalog, client.reaches, verdict.entitlement.included, today)
    step = step if verdict.tier is not Tier.FORMER else None
    return Engagement(catalog, client, verdict, areas, step, today, moves, late)


def _moves(catalog: Catalog, client: Client, verdict: Verdict) -> tuple[Part, ...]:
    if client.before is None or verdict.score is None:
        return ()
    facts = client.facts
    return explain(client.before, Ground(catalog, verdict.products, facts.measured, facts.used, facts.marked))


def tools_of(catalog: Catalog, engagement: Engagement, category: str) -> list[ToolUse]:
    """The tools of a category in the catalog's order, each with what it does for the score."""
    return [
        _tool_use(catalog, engagement, place) for place, tool in enumerate(catalog.tools) if tool.category == category
    ]


def tool_of(catalog: Catalog, engagement: Engagement, key: str) -> ToolUse | None:
    """The tool with this key; None where the catalog no longer has it."""
    place = next((place for place, tool in enumerate(catalog.tools) if tool.key == key), None)
    return None if place is None else _tool_use(catalog, engagement, place)


def _tool_use(catalog: Catalog, engagement: Engagement, place: int) -> ToolUse:
    tool, verdict, client = catalog.tools[place], engagement.verdict, engagement.client
    by_data = {"is_measured": _has(client.facts.measured, place), "in_use": _has(client.facts.used, place)}
    mark = client.marks.get(place)
    mark = mark if mark is not None and matters(mark, **by_data) else None
    return ToolUse(
        tool,
        state(catalog, place, verdict.entitlement, *client.facts.counted),
        client.uses.get(place, Use()),
        min(tool.included, key=lambda grant: grant.rank, default=None),
        by_data["is_measured"],
        mark,
        choices(mark, **by_data) if _can_count(engagement, place) else (),
    )


def _can_count(engagement: Engagement, place: int) -> bool:
    """Whether a tool's use counts for the score. Where no subscriptions were loaded, all that is measured does."""
    verdict = engagement.verdict
    return verdict.tier is not Tier.FORMER and (verdict.products is None or _has(verdict.entitlement.included, place))


def _has(tools: int, place: int) -> bool:
    return bool(tools >> place & 1)


def weakest(engagement: Engagement) -> str:
    """The category to open first: where most points are missing."""
    areas = engagement.areas
    return max(areas, key=lambda category: areas[category].possible - areas[category].earned).key
