"""What is read of a client's usage before its score is made: tools in use, going quiet, and how often rules need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from bot.domain.catalog import Catalog
from bot.domain.rules import thresholds
from bot.domain.scoring import Use
from storage import basis, catalog
from storage.database import Database
from storage.installations import Installation
from storage.slices import Reader
from storage.uses import Reading
from tests.storage import bases
from tests.storage.bases import CATALOG

REACH = date(2026, 6, 30)
TOOLS = ("contacts", "forms", "form", "campaigns", "unheard of")
CONTACTS, FORMS, FORM, CAMPAIGNS, UNHEARD_OF = range(1, 6)
Row = tuple[int, int, int, int]  # days before the reach, tool, count, source

# `contacts` has a window of 30 days: its thirds end 20, 10 and 0 days before the reach. Source 2 is 20 days late.
QUIET: dict[str, tuple[list[Row], str | None]] = {
    "used in the first two thirds": ([(25, 1, 2, 1), (15, 1, 2, 1)], "contacts"),
    "at their edges": ([(29, 1, 2, 1), (10, 1, 2, 1)], "contacts"),
    "at the other edges": ([(20, 1, 2, 1), (19, 1, 2, 1)], "contacts"),
    "and in the last": ([(25, 1, 2, 1), (15, 1, 2, 1), (9, 1, 1, 1)], None),
    "and on the last day": ([(25, 1, 2, 1), (15, 1, 2, 1), (0, 1, 1, 1)], None),
    "and after the reach": ([(25, 1, 2, 1), (15, 1, 2, 1), (-1, 1, 1, 1)], "contacts"),
    "only in the first": ([(25, 1, 4, 1)], None),
    "only in the second": ([(15, 1, 4, 1)], None),
    "before the window": ([(30, 1, 2, 1), (15, 1, 2, 1)], None),
    "a row of nothing in the last": ([(25, 1, 2, 1), (15, 1, 2, 1), (5, 1, 0, 1)], "contacts"),
    "a row of nothing in the first": ([(25, 1, 0, 1), (15, 1, 4, 1)], None),
    "by its other name": ([(25, FORMS, 2, 1), (15, FORM, 2, 1)], "forms"),
    "a longer window": ([(45, CAMPAIGNS, 1, 1), (21, CAMPAIGNS, 1, 1)], "campaigns"),
    "a longer window, used of late": ([(45, CAMPAIGNS, 1, 1), (21, CAMPAIGNS, 1, 1), (19, CAMPAIGNS, 1, 1)], None),
    "a tool that nobody knows": ([(25, UNHEARD_OF, 2, 1), (15, UNHEARD_OF, 2, 1)], None),
    "in each source's own thirds": ([(25, 1, 2, 1), (35, 1, 2, 2)], "contacts"),
    "and in the last of the late source": ([(25, 1, 2, 1), (15, 1, 2, 1), (25, 1, 1, 2)], None),
}


def read(
    database: Database, installation: Installation, rules: Catalog, names: Sequence[str], rows: list[Row]
) -> Reading:
    """What client 1 did, with these names of tools as 1, 2, 3 …"""
    here, reaches = installation.id, {1: REACH, 2: REACH - timedelta(20)}
    with database.write() as connection:
        bases.add_source(connection, here, 1, "all")
        if any(source == 2 for *_, source in rows):
            bases.add_source(connection, here, 2, "listed")
        bases.add_tools(connection, here, *names)
        bases.add_clients(connection, here, 1)
        for ago, tool, count, source in rows:
            bases.add_usage(connection, here, 1, tool, REACH - timedelta(ago), count, source)
        stand = basis.read(connection, here, rules).reaching(reaches)
        return Reader(stand).read(connection, [1])[1].use


@pytest.mark.parametrize(("rows", "quiet"), QUIET.values(), ids=QUIET)
def test_a_tool_goes_quiet_that_was_used_in_all_thirds_of_its_window_but_the_last(
    database: Database, installation: Installation, rows: list[Row], quiet: str | None
) -> None:
    rules = bases.small()
    found = read(database, installation, rules, TOOLS, rows)
    assert found.quiet == rules.bits([quiet] if quiet else [])


TOOL = """
[tools.tool_{0}]
name = "Tool {0}"
category = "core"
included = ["crm:free"]
points = 1
at_least = 2
counts = "a use"
step = "Use it"
"""


def test_a_catalog_may_have_more_tools_than_a_number_of_the_database_has_bits(
    database: Database, installation: Installation
) -> None:
    rules = catalog.parse(CATALOG + "".join(TOOL.format(number) for number in range(130)), "tests.toml")
    names = [tool.key for tool in rules.tools]
    used = [1, 61, 62, 63, 64, 65, 124, 125, 126, 133]  # numbers of tools, counted from 1
    rows = [(ago, tool, 2, 1) for tool in used for ago in (25, 15)] + [(3, 130, 1, 1)]
    found = read(database, installation, rules, names, rows)
    assert found.used == found.quiet == sum(1 << tool - 1 for tool in used)


def test_uses_are_read_of_the_tools_that_a_rule_could_ask_for(database: Database, installation: Installation) -> None:
    rules = bases.shipped()
    least = thresholds(rules)
    rows = [(5, place + 1, least.get(place, 1_000) - (place % 2), 1) for place in range(len(rules.tools))]
    found = read(database, installation, rules, [tool.key for tool in rules.tools], rows)
    assert found.uses == {place: Use(number) for place, number in least.items() if not place % 2}
    assert len(found.uses) > 3
