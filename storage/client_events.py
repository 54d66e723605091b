"""What became of a client, told by its old row of `standing` and its new one where no other row remembers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from storage.schema import standing

_HERE, _CLIENT, _WORKSPACE, _RENEWS, _QUIET = (
    list(standing.c.keys()).index(name)
    for name in ("installation_id", "client_id", "workspace_id", "renews_on", "quiet")
)


def between(old: Sequence[Any], new: Sequence[Any], day: date, *, sweeps: bool) -> Iterator[tuple[Any, ...]]:
    """Rows of `client_event`: a renewal that moved, and tools that began to go quiet.

    day     that the data goes to
    sweeps  all scores are made again: then a tool is quiet by another catalog, maybe
    """
    if old[_RENEWS] != new[_RENEWS]:
        yield new[_HERE], new[_CLIENT], day, "renewal", str(new[_WORKSPACE]), old[_RENEWS], new[_RENEWS]
    for tool in sorted(_tools(new[_QUIET]) - _tools(old[_QUIET])) if not sweeps else ():
        yield new[_HERE], new[_CLIENT], day, "quiet", tool, None, None


def _tools(text: str | None) -> set[str]:
    return set(text.split(",")) if text else set()
