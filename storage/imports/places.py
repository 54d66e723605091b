"""Cells that name a country or a time zone, held against the zone database's own tables."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from storage.imports.cells import Bad
from storage.imports.report import Reason

_NO_PLACES = {"Factory", "localtime"}  # of this machine


def country(cell: str) -> str | Bad:
    """An ISO 3166 code of two letters, in upper case."""
    return cell.upper() if cell.upper() in _countries() else Bad(Reason.NOT_A_COUNTRY)


def time_zone(cell: str) -> str | Bad:
    """An IANA name in its own spelling. Case does not matter."""
    return _zones().get(cell.casefold(), Bad(Reason.NOT_A_TIME_ZONE))


@cache
def _countries() -> frozenset[str]:
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line.split("\t")[0] for line in table.splitlines() if not line.startswith("#"))


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() - _NO_PLACES}
