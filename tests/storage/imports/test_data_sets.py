"""The two public data sets, with the mappings and catalogs in `examples/`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from bot.domain.catalog import Tier
from bot.import_report import lines
from storage import catalog as catalogs
from storage.imports import Report
from storage.schema import change, record, source_tool, stale, standing
from tests.storage.imports.conftest import EXAMPLES, Desk, data_folder, dump

FORMS = ("iso", "lf_dmy", "excel_bom_crlf_dmy")


def load(desk: Desk, form: str, **options: object) -> Report:
    desk.catalog = catalogs.load(EXAMPLES / "ravenstack" / "catalog.toml")
    folder = data_folder("ravenstack") / form
    return desk.run([folder], mapping=EXAMPLES / "ravenstack" / "mapping.toml", **options)


@pytest.mark.parametrize("form", FORMS)
def test_ravenstack_is_read_whole(desk: Desk, form: str) -> None:
    report = load(desk, form)
    files = {one.object: one for one in report.files if one.object}
    assert [(name, one.read, one.refused, one.colliding) for name, one in files.items()] == [
        ("clients", 500, 0, 0),
        ("subscriptions", 5_000, 0, 0),
        ("usage", 25_000, 0, 21),
    ]
    assert {name: one.added for name, one in report.facts.items()} == {
        "company": 500,
        "subscriptions": 5_000,
        "usage": 24_981,
    }
    assert not any(one.misfits for one in report.files)
    assert report.reach.new == desk.reach("RavenStack") == date(2024, 12, 31)
    assert (report.measured, report.tools, report.unknown_tools) == (40, 40, ())
    assert lines(report)[-1] == "measures 40 of 40 tools"
    assert desk.rows(select(stale)) == []


def test_all_forms_of_ravenstack_give_the_same_database(one_desk: Desk, fresh: object) -> None:
    first = None
    for form in FORMS:
        report = load(one_desk, form)
        found = dump(one_desk.database)
        if first is None:
            first = found
        else:  # into the same database: nothing may differ, so nothing may change
            assert {(one.added, one.changed) for one in report.facts.values()} == {(0, 0)}
        assert found == first


def test_importing_ravenstack_again_changes_nothing(desk: Desk) -> None:
    load(desk, "iso")
    facts, scores = dump(desk.database), desk.rows(select(standing)) + desk.rows(select(change))
    report = load(desk, "iso")
    assert [(one.moved, one.unchanged) for one in report.facts.values()] == [(0, 500), (0, 5_000), (0, 24_981)]
    assert dump(desk.database) == facts
    assert desk.rows(select(standing)) + desk.rows(select(change)) == scores


def test_the_example_catalog_spreads_the_scores(one_desk: Desk) -> None:
    load(one_desk, "iso")
    tiers = Counter(tier for (tier,) in one_desk.rows(select(standing.c.tier)))
    assert all(tiers[tier] >= 40 for tier in (Tier.LOW, Tier.MEDIUM, Tier.HIGH))
    assert tiers.total() == 500


def test_a_dry_run_on_ravenstack_counts_the_same_and_writes_nothing(desk: Desk) -> None:
    empty = dump(desk.database)
    tried = load(desk, "iso", dry_run=True)
    assert dump(desk.database) == empty
    assert desk.rows(select(source_tool)) == desk.rows(select(stale)) == desk.rows(select(standing)) == []
    assert replace(load(desk, "iso"), dry_run=True) == tried


def test_pysurvival_is_read_as_one_wide_snapshot(desk: Desk) -> None:
    folder = data_folder("pysurvival-saas-churn")
    desk.catalog = catalogs.load(EXAMPLES / "pysurvival" / "catalog.toml")
    for again in (False, True):
        report = desk.run([folder], mapping=EXAMPLES / "pysurvival" / "mapping.toml")
        clients, uses = report.facts["company"], report.facts["usage"]
        assert (clients.added, clients.unchanged) == ((0, 2_000) if again else (2_000, 0))
        assert (uses.added, uses.unchanged) == ((0, 6_000) if again else (6_000, 0))
        assert report.refused == 0
    active = Counter(score for (score,) in desk.rows(select(standing.c.score)))
    assert active == {0: 419, 3: 924, 7: 577, 10: 80}  # 0, 1, 2 and 3 of three products
    kept = dict(desk.rows(select(record.c.external_id, record.c.properties)))
    assert kept["2"]["company_size"] == "10-50"
    assert (kept["2"]["csat_score"], kept["2"]["minutes_customer_support"]) == (9, 8.3)
