"""The two public data sets, with the mappings and catalogs in `examples/`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import select

from bot.domain.catalog import Catalog, Tier
from bot.import_report import lines
from storage import catalog as catalogs
from storage.database import Database
from storage.imports import Report
from storage.installations import create
from storage.schema import change, record, source_tool, stale, standing
from tests.conftest import NOW, Fresh
from tests.storage.imports.conftest import EXAMPLES, Desk, data_folder, dump

FORMS = ("iso", "lf_dmy", "excel_bom_crlf_dmy")


def load(desk: Desk, form: str, **options: object) -> Report:
    desk.catalog = catalogs.load(EXAMPLES / "ravenstack" / "catalog.toml")
    folder = data_folder("ravenstack") / form
    return desk.run([folder], mapping=EXAMPLES / "ravenstack" / "mapping.toml", **options)


def test_ravenstack_is_read_whole_and_a_second_import_changes_nothing(desk: Desk) -> None:
    empty = dump(desk.database)
    tried = load(desk, "iso", dry_run=True)
    assert dump(desk.database) == empty
    assert desk.rows(select(source_tool)) == desk.rows(select(stale)) == desk.rows(select(standing)) == []
    report = load(desk, "iso")
    assert replace(report, dry_run=True) == tried
    files = {one.object: one for one in report.files if one.object}
    assert [(name, one.read, one.refused, one.colliding) for name, one in files.items()] == [
        ("clients", 500, 0, 0),
        ("subscriptions", 5_000, 0, 0),
        ("usage", 25_000, 0, 21),
    ]
    assert [(name, one.added) for name, one in report.facts.items()] == [
        ("company", 500),
        ("subscriptions", 5_000),
        ("usage", 24_981),
    ]
    assert not any(one.misfits for one in report.files)
    assert report.reach.new == desk.reach("RavenStack") == date(2024, 12, 31)
    assert (report.measured, report.tools, report.unknown_tools) == (40, 40, ())
    assert lines(report)[-1] == "measures 40 of 40 tools"
    assert desk.rows(select(stale)) == []
    facts, scores = dump(desk.database), desk.rows(select(standing)) + desk.rows(select(change))
    again = load(desk, "iso")
    assert [(one.moved, one.unchanged) for one in again.facts.values()] == [(0, 500), (0, 5_000), (0, 24_981)]
    assert dump(desk.database) == facts
    assert desk.rows(select(standing)) + desk.rows(select(change)) == scores


def test_all_forms_of_ravenstack_give_the_same_database(tmp_path: Path, catalog: Catalog, fresh: Fresh) -> None:
    found = []
    for form in FORMS:
        database = Database(fresh("sqlite"))
        with database.write() as connection:
            made = create(connection, NOW)
        load(Desk(database, made.id, tmp_path, catalog), form)
        found.append(dump(database))
        database.close()
    assert [len(rows) for rows in found[0].values()] == [500, 0, 8, 0, 500, 5_000, 24_981, 1]
    assert found[1] == found[0]
    assert found[2] == found[0]


def test_the_example_catalog_spreads_the_scores(one_desk: Desk) -> None:
    load(one_desk, "iso")
    tiers = Counter(tier for (tier,) in one_desk.rows(select(standing.c.tier)))
    assert all(tiers[tier] >= 40 for tier in (Tier.LOW, Tier.MEDIUM, Tier.HIGH))
    assert tiers.total() == 500


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
