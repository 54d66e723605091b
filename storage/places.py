"""Countries and time zones by the zone database's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

_NO_PLACES = {"Factory", "localtime"}  # of this machine


def country(text: str) -> str | None:
    """An ISO 3166 code of two letters, in upper case; None where it is none."""
    return text.upper() if text.upper() in _countries() else None


def time_zone(text: str) -> str | None:
    """An IANA name in its own spelling; None where it is none. Case does not matter."""
    return _zones().get(text.casefold())


def time_zones() -> list[str]:
    """All names, in order."""
    return sorted(_zones().values())


def country_of(zone: str) -> str | None:
    """The country that a time zone is of; None where it is of none, such as UTC."""
    return _homes().get(zone)


@cache
def _countries() -> frozenset[str]:
    return frozenset(row[0] for row in _rows("iso3166.tab"))


@cache
def _homes() -> dict[str, str]:
    return {row[2]: row[0] for row in _rows("zone.tab")}


def _rows(table: str) -> Iterator[list[str]]:
    text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() - _NO_PLACES}
