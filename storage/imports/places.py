"""Cells that name a country or a time zone."""

from __future__ import annotations

from storage import places
from storage.imports.cells import Bad
from storage.imports.report import Reason


def country(cell: str) -> str | Bad:
    """An ISO 3166 code of two letters, in upper case."""
    return places.country(cell) or Bad(Reason.NOT_A_COUNTRY)


def time_zone(cell: str) -> str | Bad:
    """An IANA name in its own spelling. Case does not matter."""
    return places.time_zone(cell) or Bad(Reason.NOT_A_TIME_ZONE)
