"""The data page, the form that takes files, and what the uploader is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.blocks import data as show
from bot.blocks.forms import FormState
from bot.blocks.words import speak
from bot.domain.data import MOST_BYTES, Import, Loaded, Source, Upload, check
from bot.domain.freshness import EVERY, Reach
from bot.errors import UserError
from tests.blocks.conftest import Golden
from tests.conftest import TODAY

WORDS = speak()
AT = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)


def source(name: str, days: int, every: int | None, kind: str = "csv") -> Source:
    return Source(name, kind, Reach(EVERY, TODAY - timedelta(days), every))


TOOLS = tuple(f"Tool {number}" for number in range(17))
LAST = Import("folder", None, ("clients.csv", "usage.csv"), "done", 1200, 12, None, AT)
NOTHING = Loaded(0, 0, (), 0, TOOLS, (), None)
PAGES = {
    "nothing": NOTHING,
    "sample": Loaded(200, 380, (source("sample", 0, 1, "sample"),), 36, (), (), None),
    "three_sources": Loaded(
        600,
        812,
        (source("csv", 1, 1), source("CRM", 18, 5), source("Billing <1>", 20, 22), Source("teams", "csv", None)),
        19,
        TOOLS,
        (),
        Import("command", None, ("clients.csv",), "done", 600, 0, None, AT),
    ),
    "going": Loaded(
        600,
        812,
        (source("csv", 1, 3),),
        30,
        TOOLS[:6],
        (
            Import("upload", "Anna", ("clients.csv",), "running", 0, 0, None, AT),
            Import("upload", "Bo", tuple(f"part{number}.csv" for number in range(7)), "waiting", 0, 0, None, AT),
        ),
        LAST,
    ),
    "refused": Loaded(600, 812, (source("csv", 0, None),), 36, (), (), LAST),
    "failed": Loaded(
        600, 1, (source("csv", 0, 1),), 35, ("Ads",), (), LAST._replace(origin="upload", who="Dina", error="import_day")
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_word_for_word_what_it_was(golden: Golden, name: str) -> None:
    golden(f"data_{name}", show.page(PAGES[name], TODAY, UTC, WORDS))


def test_a_page_of_very_much_stays_within_slacks_limits(golden: Golden) -> None:
    long = tuple(f"{'x' * 250}{number}.csv" for number in range(10))
    many = Loaded(
        10**6,
        10**6,
        tuple(source("s" * 250 + str(number), 1, 1) for number in range(40)),
        1,
        ("t" * 200,) * 300,
        tuple(Import("upload", "n" * 200, long, "waiting", 0, 0, None, AT) for _ in range(40)),
        LAST._replace(files=long),
    )
    golden("data_much", show.page(many, TODAY, UTC, WORDS))


def test_a_source_is_late_by_its_own_rhythm() -> None:
    said = show.page(PAGES["three_sources"], TODAY, UTC, WORDS)["text"]
    assert "csv (CSV files) · to Thu 19 Nov, daily. CRM (CSV files) · to Mon 2 Nov, weekly · late" in said
    assert "Billing &lt;1&gt; (CSV files) · to Sat 31 Oct, monthly. teams (CSV files) · no usage yet" in said


def test_the_form_says_which_files_are_known(golden: Golden) -> None:
    columns = {"clients.csv": ("id", "name"), "usage.csv": ("tool", "used_on", "count")}
    state = FormState("https://hooks.example.com/1", 1)
    golden("data_form", show.form(state, columns, WORDS))
    golden("data_form_sample", show.form(state, columns, WORDS, has_sample=True))


def test_the_uploader_is_told_that_the_sample_left() -> None:
    assert show.done(["a.csv"], 2, 0, 193, WORDS) == "Imported a.csv: 2 rows read, 0 refused. 193 sample clients left."


def test_what_was_not_imported_says_why_and_links_nothing(golden: Golden) -> None:
    golden("data_not_done", show.not_done(["a<b>.csv"], ["a<b>.csv: not read: column <@U1> is missing."], WORDS))


@pytest.mark.parametrize(
    ("key", "files"),
    [
        ("upload_files", []),
        ("upload_files", [f"{number}.csv" for number in range(11)]),
        ("upload_no_csv", ["clients.xlsx"]),
        ("upload_no_csv", ["clients"]),
        ("upload_unknown", ["people.csv"]),
        ("upload_twice", ["clients.csv", "Clients.CSV"]),
        ("upload_mappings", ["clients.csv", "a.toml", "b.toml"]),
        ("upload_only_mapping", ["a.toml"]),
    ],
)
def test_an_upload_of_which_nothing_good_can_come_is_refused(key: str, files: list[str]) -> None:
    with pytest.raises(UserError, match=key):
        check([Upload("F1", name, 10) for name in files], ["clients.csv"])


@pytest.mark.parametrize(("size", "key"), [(0, "upload_empty"), (MOST_BYTES + 1, "upload_too_large")])
def test_an_empty_or_a_very_large_file_is_refused(size: int, key: str) -> None:
    with pytest.raises(UserError, match=key):
        check([Upload("F1", "clients.csv", size)], ["clients.csv"])


@pytest.mark.parametrize(
    "files", [["clients.csv"], ["CLIENTS.CSV"], ["clients.csv.rejects.csv"], ["people.tsv", "map.toml"]]
)
def test_an_upload_of_known_files_or_with_a_mapping_is_taken(files: list[str]) -> None:
    check([Upload("F1", name, MOST_BYTES) for name in files], ["clients.csv"])


def test_a_page_is_of_the_askers_day() -> None:
    assert "to Fri 20 Nov" in show.page(PAGES["refused"], date(2026, 11, 20), UTC, WORDS)["text"]
