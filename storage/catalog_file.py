"""The form of a catalog file: what may stand in it, and on which line an entry stands."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Place = tuple[str | int, ...]  # of an entry, as in ("tools", "forms", "points")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Band = Annotated[list[Annotated[int, Field(ge=0, le=10)]], Field(min_length=2, max_length=2)]


class _Form(BaseModel):
    """Knows every key that it takes, so that a misspelt one is refused instead of doing nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ScoreForm(_Form):
    within: int = Field(ge=1)
    onboarding: int = Field(ge=0)
    grace: int = Field(ge=0)
    low: Band
    medium: Band
    high: Band


class ProductForm(_Form):
    name: Text
    editions: list[Text] = Field(min_length=1)
    always: Text | None = None
    aliases: list[Text] = []


class BundleForm(_Form):
    name: Text
    products: list[Text] = Field(min_length=1)
    aliases: list[Text] = []


class CategoryForm(_Form):
    name: Text


class ToolForm(_Form):
    name: Text
    category: Text
    included: list[Text] = Field(min_length=1)
    expected: list[Text] | None = None
    points: int = Field(ge=0, le=3)
    at_least: int = Field(default=1, ge=1)
    within: int | None = Field(default=None, ge=1)
    counts: Text
    step: Text
    free: bool = False
    aliases: list[Text] = []


class RuleForm(_Form):
    kind: Literal["upsell", "cross-sell"]
    offer: Text
    to: Text | None = None
    when: list[Text] = Field(min_length=1)
    because: Text


class OpportunitiesForm(_Form):
    hold_below: int = Field(default=0, ge=0, le=10)
    rules: list[RuleForm] = []


class CatalogForm(_Form):
    version: int = Field(ge=1)
    name: Text
    score: ScoreForm
    products: dict[Text, ProductForm] = Field(min_length=1)
    bundles: dict[Text, BundleForm] = {}
    categories: dict[Text, CategoryForm] = Field(min_length=1)
    tools: dict[Text, ToolForm] = Field(min_length=1)
    opportunities: OpportunitiesForm = OpportunitiesForm()


_HEADER = re.compile(r"\s*\[(\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")


def find_line(text: str, place: Place, value: object = None) -> int:
    """The line, from 1, on which an entry stands; of one that is missing, the line of the table that lacks it.

    `value`: of a list's entry, to find it where the list runs over several lines.
    """
    lines = _lines(text)
    path = place
    while path and path not in lines:
        path = path[:-1]
    start = lines.get(path, 1)
    if not isinstance(value, str):
        return start
    later = (line for line in lines.values() if line > start)
    rows = text.splitlines()[start - 1 : min(later, default=len(text)) - 1]
    quoted = (f'"{value}"', f"'{value}'")
    return next((start + i for i, row in enumerate(rows) if any(q in row for q in quoted)), start)


def _lines(text: str) -> dict[Place, int]:
    """Where each table and key stands."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    for number, row in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(row):
            table = _parts(header[2])
            if header[1]:
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            found.setdefault(table, number)
        elif key := _KEY.match(row):
            path = (*table, *_parts(key[1]))
            for end in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:end], number)
    return found


def _parts(dotted: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
