"""The exported file: plain columns, nothing that a spreadsheet calculates, and words beside it that say what it is."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from bot.blocks import export
from bot.blocks.words import speak
from bot.domain.catalog import Tier
from bot.domain.filters import Filter
from bot.domain.listing import NO_SCORE, Entry, Line, Listing, Position, Scope, Sign, Whose
from tests.base import CATALOG, TODAY

WORDS = speak()
LISTING = Listing(1, 1, Scope(Whose.ALL), Filter(), TODAY, TODAY)
LINE = Line(
    id=7,
    name="Acme AS",
    tier=Tier.LOW,
    score=3,
    share=0.3,
    change=-0.214,
    mrr=1090.0,
    currency="EUR",
    renews_on=TODAY + timedelta(47),
    csm="Anna Aas",
    signs=Sign.QUIET | Sign.ACTIVATION | Sign.CROSS_SELL,
    position=Position(0, (0.3,), 7),
)
ENTRY = Entry(LINE, "c-7", "acme.example", "CS Nordic", TODAY)


def written(*entries: Entry, listing: Listing = LISTING) -> str:
    file = StringIO(newline="")
    assert export.fill(file, CATALOG, listing, entries, WORDS) == len(entries)
    return file.getvalue()


def row(listing: Listing = LISTING, **changes: Any) -> dict[str, str]:
    text = written(replace(ENTRY, line=LINE._replace(**changes)), listing=listing)
    (found,) = csv.DictReader(StringIO(text.removeprefix(export.BOM), newline=""))
    return dict(found)


def test_a_client_is_a_row_under_plain_names() -> None:
    assert row() == {
        "Client ID": "c-7",
        "Name": "Acme AS",
        "Domain": "acme.example",
        "Score": "3",
        "Tier": "Low",
        "Change in 7 days": "-2.1",
        "MRR": "1090",
        "Currency": "EUR",
        "Renewal date": "2027-01-06",
        "CSM": "Anna Aas",
        "Team": "CS Nordic",
        "Going quiet": "yes",
        "Opportunities": "Paid for, not used; Another product",
        "Data to": "2026-11-20",
    }


def test_what_is_not_known_is_empty_and_never_0() -> None:
    nothing: dict[str, Any] = dict.fromkeys(("score", "change", "mrr", "currency", "renews_on", "csm"))
    bare = Entry(LINE._replace(tier=Tier.UNKNOWN, signs=Sign(0), **nothing), "c-7", None, None, None)
    assert written(bare).splitlines()[1] == "c-7,Acme AS,,,Not known,,,,,,,,,"


def test_of_late_data_no_change_is_told() -> None:
    assert row(replace(LISTING, as_of=TODAY - timedelta(8)))["Change in 7 days"] == ""


def test_in_a_list_of_a_category_score_tier_and_change_are_that_category_s_and_say_so() -> None:
    listing = replace(LISTING, wanted=Filter(category="marketing"))
    found = row(listing, score=8)
    assert (found["Score in Marketing"], found["Tier in Marketing"]) == ("8", "High")
    assert found["Change in Marketing in 7 days"] == "-2.1"
    found = row(listing, score=NO_SCORE)
    assert (found["Score in Marketing"], found["Tier in Marketing"]) == ("", "")
    assert row(listing, score=8, tier=Tier.ONBOARDING)["Tier in Marketing"] == "Onboarding"


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("=1+1", "'=1+1"),
        ("+47 Media", "'+47 Media"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ('=HYPERLINK("https://evil.example","Acme")', '\'=HYPERLINK("https://evil.example","Acme")'),
        ("Acme;=1+1", "Acme;'=1+1"),
        ("Acme\n=1+1", "Acme\n'=1+1"),
        ("Acme = Acme", "Acme = Acme"),
        ("A-B@C+D", "A-B@C+D"),
        ("'=1", "'=1"),
        ("", ""),
    ],
)
def test_no_text_is_calculated(text: str, harmless: str) -> None:
    assert export.harmless(text) == harmless
    entry = Entry(LINE._replace(name=text, csm=text, currency=text), text, text, text, TODAY)
    file = StringIO(written(entry).removeprefix(export.BOM), newline="")
    (found,) = csv.DictReader(file)
    assert {found[name] for name in ("Client ID", "Name", "Domain", "CSM", "Team", "Currency")} == {harmless}


def test_numbers_stay_numbers() -> None:
    found = row(change=-0.05, mrr=-10.5)
    assert (found["Change in 7 days"], found["MRR"]) == ("-0.5", "-10.5")


def test_lines_end_as_spreadsheets_want_them_and_the_first_begins_with_a_mark() -> None:
    text = written(ENTRY, replace(ENTRY, line=LINE._replace(name='Å "B", C')))
    assert text.startswith("\ufeffClient ID,Name,")
    assert text.count("\r\n") == text.count("\n") == 3
    assert '"Å ""B"", C"' in text


def test_a_list_of_nobody_is_a_row_of_names() -> None:
    assert written().count("\r\n") == 1


def test_beside_it_stands_how_many_clients_whose_of_which_day_and_by_which_filter() -> None:
    listing = replace(
        LISTING,
        wanted=Filter(tiers=(Tier.LOW,), client="<!here> `x`"),
        scope=Scope(Whose.TEAM, team_id=1, name="CS *Nordic*"),
    )
    assert export.comment(listing, 1, WORDS, has_more=False) == (
        '1 client · clients of CS ∗Nordic∗ · data to Fri 20 Nov · Showing: `tier:low client:"&lt;!here&gt; x"`'
    )


@pytest.mark.parametrize(
    ("wanted", "scope", "command"),
    [
        (Filter(), Scope(Whose.ALL), "team:all"),
        (Filter(tiers=(Tier.LOW,)), Scope(Whose.TEAM, team_id=1, name="CS Nordic"), "'tier:low team:\"CS Nordic\"'"),
        (
            Filter(csm="me", team="mine"),
            Scope(Whose.MINE, person_id=1, team_id=1, team="CS Nordic"),
            "'csm:me@example.com team:\"CS Nordic\"'",
        ),
        (Filter(csm="me"), Scope(Whose.MINE, person_id=1), "csm:me@example.com"),
        (Filter(csm="bo@example.com"), Scope(Whose.PERSON, person_id=2, name="Bo"), "csm:bo@example.com"),
    ],
)
def test_a_list_that_is_too_long_is_whole_on_the_command_line(wanted: Filter, scope: Scope, command: str) -> None:
    listing = replace(LISTING, wanted=wanted, scope=scope)
    first, rest = export.comment(listing, 50_000, WORDS, has_more=True).split("\n")
    assert "50,000 clients" in first
    assert rest.endswith(f"`engagement-bot export {command} --out clients.csv`")


def test_it_is_named_by_the_day_of_its_data() -> None:
    assert export.file_name(replace(LISTING, as_of=TODAY - timedelta(1))) == "clients-2026-11-19.csv"
    assert export.file_name(replace(LISTING, as_of=None)) == "clients-2026-11-20.csv"
