"""The catalog that ships, for rules that are tried on it."""

from __future__ import annotations

from storage import catalog

SHIPPED = catalog.load()
EVERY_TOOL = (1 << len(SHIPPED.tools)) - 1
