"""Why a client's usage looks as it does: each story has a cause that people can read, and the habits it leads to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from random import Random

from bot.domain.catalog import Catalog, Tool
from bot.domain.scoring import Entitlement
from bot.playground.sample.accounts import YEAR, Habit

_LIKED = {"crm": 1.6, "marketing": 1.2, "sales": 1.2, "service": 1.2}  # categories that people start with
_SEASONS = {  # industry -> months in which it is busy
    "Gardening": range(3, 11),
    "Construction": range(4, 12),
    "Café": range(4, 10),
}
_WINTER = (9, 10, 11, 12, 1, 2, 3)


@dataclass(frozen=True)
class Scene:
    """A client at the moment its story is told. `used` are the tools that it should have in use today."""

    used: Sequence[str]
    spare: Sequence[str]  # included, worth points, and not to be in use today
    industry: str
    today: date
    start: int  # days from today: its first day of usage
    end: int  # and the last
    random: Random


Plot = Callable[[Scene], list[Habit]]


@dataclass(frozen=True)
class Story:
    """A share between these two of a client's points is what its used tools earn today, if the story has no end."""

    plot: Plot
    clients: int
    least: float
    most: float
    causes: tuple[str, ...]
    new: bool = False  # its first subscription is younger than the onboarding
    leaves: bool = False


def keep(scene: Scene) -> list[Habit]:
    """The same tools from the first day on."""
    return [Habit(tool, scene.start, scene.end) for tool in scene.used]


def adopt(scene: Scene) -> list[Habit]:
    """A third of the tools from the first day on, the others one after another."""
    core = len(scene.used) // 3 + 1
    starts = _spread(len(scene.used) - core, scene.start + 40, -14, scene.random)
    return [Habit(tool, first) for tool, first in zip(scene.used, [scene.start] * core + starts, strict=False)]


def fade(scene: Scene) -> list[Habit]:
    """More tools once than today, given up one after another; some of today's have fallen silent lately."""
    given_up = scene.spare[: max(2, len(scene.spare) * 2 // 3)]
    stops = _spread(len(given_up), -320, -89, scene.random)
    silent = len(scene.used) // 5
    kept = [Habit(tool) for tool in scene.used[silent:]]
    quiet = [Habit(tool, last=scene.random.randint(-84, -32)) for tool in scene.used[:silent]]
    return kept + quiet + [Habit(tool, last=stop) for tool, stop in zip(given_up, stops, strict=True)]


def follow_season(scene: Scene) -> list[Habit]:
    """All year the habits of the office, the others in the months in which the industry is busy."""
    months = _SEASONS.get(scene.industry, _WINTER)
    office = len(scene.used) // 3
    spans = _busy_spans(scene.today, months)
    habits = [Habit(tool) for tool in scene.used[:office]]
    return habits + [Habit(tool, first, last) for tool in scene.used[office:] for first, last in spans]


def leave(scene: Scene) -> list[Habit]:
    """All tools given up in the months before the end."""
    stops = _spread(len(scene.used), max(-YEAR, scene.end - 150), scene.end - 1, scene.random)
    return [Habit(tool, scene.start, stop) for tool, stop in zip(scene.used, stops, strict=True)]


def _spread(many: int, first: int, last: int, random: Random) -> list[int]:
    """So many days between the two, in order, apart by about the same."""
    step = (last - first) / max(1, many)
    return [round(first + step * (i + random.random())) for i in range(many)]


def _busy_spans(today: date, months: Sequence[int]) -> list[tuple[int, int]]:
    """The runs of days of the last year that lie in these months, as days from today."""
    days = range(-YEAR, 1)
    runs = groupby(days, key=lambda at: (today + timedelta(days=at)).month in months)
    found = [list(run) for busy, run in runs if busy]
    return [(run[0], run[-1]) for run in found]


def choose(catalog: Catalog, entitlement: Entitlement, share: float, random: Random) -> tuple[list[str], list[str]]:
    """The tools that together earn about this share of the points, and the others that would earn any.

    In the order in which a client would take to them: what people start with first, with much chance.
    """
    costing = [tool for i, tool in enumerate(catalog.tools) if entitlement.costing >> i & 1 and tool.points]
    costing.sort(key=lambda tool: _appeal(tool, random), reverse=True)
    wanted = share * sum(tool.points for tool in costing)
    used: list[str] = []
    spare: list[str] = []
    for tool in costing:
        fits = wanted >= tool.points / 2
        (used if fits else spare).append(tool.key)
        wanted -= tool.points if fits else 0
    return used, spare


def _appeal(tool: Tool, random: Random) -> float:
    return _LIKED.get(tool.category, 1.0) * (tool.points + 1) * random.random()


STORIES = (
    Story(keep, 37, 0.73, 0.97, ("Two keen administrators", "Works in it every day", "Trains its own new people")),
    Story(keep, 38, 0.41, 0.6, ("Uses what the first workshop showed", "Content with what it has", "One busy person")),
    Story(keep, 12, 0.1, 0.25, ("Never got beyond the contacts", "Still waits for its data to be moved")),
    Story(adopt, 22, 0.73, 0.95, ("A new administrator adds a tool every few weeks", "Follows the plan of the year")),
    Story(adopt, 12, 0.42, 0.62, ("Late start, steady since", "Moves over from another system, team by team")),
    Story(fade, 18, 0.42, 0.58, ("Its champion left", "Merged two teams, one stays away", "Budget cut")),
    Story(fade, 18, 0.1, 0.28, ("Its champion left and nobody took over", "Tries another system beside it")),
    Story(follow_season, 12, 0.6, 0.9, ("Busy for a part of the year only", "Its work comes with the season")),
    Story(keep, 7, 0.2, 0.8, ("Just signed", "Onboarding with a partner"), new=True),
    Story(lambda _: [], 4, 0, 0, ("Has not logged in yet",)),
    Story(leave, 6, 0.3, 0.7, ("Bought up; the group uses another system", "Too dear for them"), leaves=True),
)
