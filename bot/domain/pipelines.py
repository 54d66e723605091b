"""Records of services and revenue as their tab shows them: by pipeline and stage, with sums by currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.domain.workspace_settings import Tab, key


class Sum(NamedTuple):
    """How many records stand in a stage, and what they are worth in one currency."""

    pipeline: str
    stage: str  # empty: none is named, as of a pipeline
    currency: str
    number: int
    amount: float | None


class Item(NamedTuple):
    """One record: a service, a deal."""

    id: int
    name: str
    url: str | None
    client_id: int
    client: str
    stage: str
    amount: float | None
    currency: str
    csm: str | None  # its own where the tab's settings say so, else the client's
    renews_on: date | None  # or ends: by the tab's settings


@dataclass(frozen=True)
class Stage:
    name: str
    number: int
    amounts: Mapping[str, float]  # by currency: those of two are never added up

    @property
    def key(self) -> str:
        return key(self.name)


@dataclass(frozen=True)
class Board:
    """A tab of records: what is in its pipeline, and those records that are shown."""

    pipelines: Sequence[str]  # that can be chosen
    pipeline: str
    stages: Sequence[Stage]
    items: Sequence[Item]
    has_more: bool = False  # after these, in a table

    @property
    def number(self) -> int:
        return sum(one.number for one in self.stages)

    def of(self, stage: Stage) -> list[Item]:
        return [one for one in self.items if one.stage == stage.name]


def chosen(sums: Iterable[Sum], tab: Tab, wanted: str) -> tuple[list[str], str | None]:
    """The pipelines of a tab, and the one to show: the wanted one (a key), else the settings' own, else the first."""
    there = sorted({one.pipeline for one in sums} | set(tab.pipelines))
    by_key = {key(one): one for one in there}
    if wanted in by_key:
        return there, by_key[wanted]
    if tab.default in there:
        return there, tab.default
    return there, there[0] if there else None


def stages(sums: Iterable[Sum], pipeline: str) -> list[Stage]:
    """The stages of a pipeline, by name."""
    numbers: dict[str, int] = {}
    amounts: dict[str, dict[str, float]] = {}
    for one in sums:
        if one.pipeline != pipeline:
            continue
        numbers[one.stage] = numbers.get(one.stage, 0) + one.number
        of_stage = amounts.setdefault(one.stage, {})
        if one.amount is not None:
            of_stage[one.currency] = of_stage.get(one.currency, 0) + one.amount
    return [Stage(name, numbers[name], amounts[name]) for name in sorted(numbers)]
