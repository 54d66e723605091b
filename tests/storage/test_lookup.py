"""Looking a client up: every rule by name, on each database, and the recall over typos that nobody chose."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, event, func, insert, select, update

from benchmarks.lookup import fill
from benchmarks.names import companies, typos
from bot.domain.names import key
from storage import lookup, name_index
from storage.database import Database
from storage.installations import Installation, create
from storage.lookup import LIMIT, Found, find
from storage.schema import client_word, record, standing, word, word_ending, word_form, workspace
from tests.conftest import BACKENDS, NOW, Fresh

CLIENTS = [
    "Acme Corporation",
    "Globex Corp",
    "Initech GmbH",
    "Müller & Söhne GmbH & Co. KG",
    "Ærø Bygg A/S",
    "Nordlys Havbruk AS",
    "Hotel Nord AB",
    "Norwind Energy Inc",
    "Stark Industries",
    "Wayne Industries Ltd",
    "100% Juice_Bar",
    "שלום בע״מ",
]
KEYS = [(number, key(name)) for number, name in enumerate(CLIENTS, start=1)]


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database, CLIENTS)
    return database


@pytest.fixture(scope="module", params=BACKENDS)
def shared(request: pytest.FixtureRequest, fresh: Fresh) -> Iterator[Database]:
    """The same for rules that only read, filled once on each backend."""
    made = Database(fresh(request.param))
    fill(made, CLIENTS)
    yield made
    made.close()


def ask(database: Database, text: str, here: int = 1, workspace_id: int = 1) -> Found:
    with database.read() as connection:
        return find(connection, here, workspace_id, text)


def clear(database: Database, text: str) -> str | None:
    """The name of the one clear hit."""
    found = ask(database, text)
    return next((hit.name for hit in found.hits if hit.client_id == found.clear), None)


def names(found: Found) -> list[str]:
    return [hit.name for hit in found.hits]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("acme", "Acme Corporation"),
        ("ACME AS", "Acme Corporation"),
        ("acme corporation", "Acme Corporation"),
        ("c1.example", "Acme Corporation"),
        ("https://www.c2.example/pricing?x=1", "Globex Corp"),
        ("anna@c3.example", "Initech GmbH"),
        ("<mailto:anna@c3.example|anna@c3.example>", "Initech GmbH"),
        ("<https://c2.example|c2.example>", "Globex Corp"),
        ("muller sohne", "Müller & Söhne GmbH & Co. KG"),
        ("MÜLLER & SÖHNE", "Müller & Söhne GmbH & Co. KG"),
        ("aero bygg", "Ærø Bygg A/S"),
        ("“Globex”", "Globex Corp"),
        ("globex 🚀", "Globex Corp"),
        ("<@U12345> globex", "Globex Corp"),
        ("100% juice_bar", "100% Juice_Bar"),
        ("שלום", "שלום בע״מ"),
    ],
)
def test_the_exact_name_or_domain_is_clear(shared: Database, typed: str, name: str) -> None:
    assert clear(shared, typed) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("glob", "Globex Corp"),  # beginning of the name
        ("nordlys h", "Nordlys Havbruk AS"),
        ("havb", "Nordlys Havbruk AS"),  # beginning of a word
        ("lobe", "Globex Corp"),  # inside a word
        ("wind", "Norwind Energy Inc"),
    ],
)
def test_a_part_that_only_one_client_has_is_clear(shared: Database, typed: str, name: str) -> None:
    assert clear(shared, typed) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("acmee", "Acme Corporation"),
        ("globx corp", "Globex Corp"),
        ("gloebx", "Globex Corp"),  # swapped
        ("inittech", "Initech GmbH"),
        ("glo bex", "Globex Corp"),  # split
        ("nordlyshavbruk", "Nordlys Havbruk AS"),  # joined
        ("norwnd", "Norwind Energy Inc"),  # and a word left out
        ("norvimd energy", "Norwind Energy Inc"),  # two edits in a long word
        ("stork industries", "Stark Industries"),
        ("acme corproation", "Acme Corporation"),  # in the legal form
        ("acme corpora tion", "Acme Corporation"),
    ],
)
def test_typos_are_found(shared: Database, typed: str, name: str) -> None:
    assert names(ask(shared, typed))[:1] == [name]


def test_a_typo_that_one_client_alone_is_like_is_clear(shared: Database) -> None:
    assert clear(shared, "acmee") == "Acme Corporation"
    assert clear(shared, "globx corp") == "Globex Corp"


def test_beginnings_of_names_come_before_beginnings_of_words(shared: Database) -> None:
    assert names(ask(shared, "nord")) == ["Nordlys Havbruk AS", "Hotel Nord AB"]
    assert clear(shared, "nord") is None


def test_an_exact_name_is_clear_among_others_that_begin_so(database: Database) -> None:
    fill(database, ["Nord AS", "Nordlys AS", "Hotel Nord AB"])
    assert clear(database, "nord") == "Nord AS"
    assert names(ask(database, "nord")) == ["Nord AS", "Nordlys AS", "Hotel Nord AB"]


def test_who_types_the_legal_form_has_typed_the_whole_name(database: Database) -> None:
    fill(database, ["LVT AS", "Ltvogel AS"])
    assert names(ask(database, "ltv")) == ["Ltvogel AS"]
    assert set(names(ask(database, "ltv as"))) == {"LVT AS", "Ltvogel AS"}


def test_a_typo_and_a_part_of_a_word_that_look_the_same_are_both_listed(database: Database) -> None:
    fill(database, [f"W{letter}stela" for letter in "abcdefghijklmnop"] + ["Stella"])
    assert "Stella" in names(ask(database, "stela"))


def test_a_name_of_common_words_alone_is_found(database: Database) -> None:
    firsts = [f"Nord {a}{b} Bygg" for a in "abcdefghijklmnopqrst" for b in "abcdefgh"]
    lasts = [f"Syd {a}{b} Energi" for a in "abcdefghijklmnopqrst" for b in "abcdefgh"]
    fill(database, [*firsts, *lasts, "Nord Energi", "Nord Group Energi"])
    assert names(ask(database, "nord enerig")) == ["Nord Energi", "Nord Group Energi"]


def test_two_clients_of_the_same_name_are_both_listed_and_none_is_clear(database: Database) -> None:
    fill(database, ["Acme AS", "Acme Inc", "Acme Consulting"])
    found = ask(database, "acme")
    assert names(found) == ["Acme AS", "Acme Inc", "Acme Consulting"]
    assert found.clear is None


def test_a_name_that_is_anothers_domain_is_not_clear(database: Database) -> None:
    fill(database, ["Booking.com", "Other"])
    with database.write() as connection:
        connection.execute(update(record).where(record.c.id == 2).values(domain="booking.com"))
    found = ask(database, "booking.com")
    assert found.clear is None
    assert names(found) == ["Other", "Booking.com"]


def test_at_most_ten_are_listed(database: Database) -> None:
    fill(database, [f"Nord {letter}{letter}{letter} AS" for letter in "abcdefghijklmnop"])
    assert len(ask(database, "nord").hits) == LIMIT
    assert len(ask(database, "nrod").hits) == LIMIT
    assert len(ask(database, "nerda").nearest) == LIMIT


def test_where_nothing_is_like_it_the_nearest_names_are_offered(shared: Database) -> None:
    found = ask(shared, "nord financial")
    assert (found.clear, found.hits) == (None, ())
    assert "Hotel Nord AB" in {hit.name for hit in found.nearest}


@pytest.mark.parametrize("typed", ["", "   ", "<!here>", "<@U1>", "​", "zzzzzzzzz"])
def test_what_is_no_name_finds_nothing(shared: Database, typed: str) -> None:
    assert ask(shared, typed) == Found()


HOSTILE = [
    "x" * 10_000,
    "a " * 5_000,
    "<" * 10_000,
    "a." * 5_000,
    "'; DROP TABLE record; --",
    '" OR 1=1 --',
    "%",
    "_",
    "%%%acme%%%",
    "\\",
    "*",
    "[a-z]",
    "“smart ‘quotes’”",
    "🚀🔥👩‍👩‍👧‍👦",
    "مرحبا ‮ acme",
    "<!subteam^S1|@x> <#C1|general>",
    "<https://x|y>",
    "\x00\x01acme",
    "\ud800",
    "\U0010ffff",
    "{}:here ? $1 %s %(key)s",
]


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda typed: ascii(typed)[:20])
def test_hostile_text_is_harmless_and_quick(shared: Database, typed: str) -> None:
    ask(shared, "warm")
    start = time.perf_counter()
    ask(shared, typed)
    assert time.perf_counter() - start < 0.25
    assert clear(shared, "acme") == "Acme Corporation"


@pytest.mark.parametrize("typed", ["%", "_", "*", "a%e", "acm_"])
def test_wildcards_stand_for_themselves(shared: Database, typed: str) -> None:
    assert "Stark Industries" not in names(ask(shared, typed))


@given(st.text(max_size=300))
def test_no_text_is_an_error(shared: Database, text: str) -> None:
    found = ask(shared, text)
    assert len(found.hits) <= LIMIT
    assert len(found.nearest) <= LIMIT
    assert not (found.hits and found.nearest)
    assert found.clear is None or found.clear in {hit.client_id for hit in found.hits}


@given(st.sampled_from(CLIENTS), st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_a_client_is_found_by_its_own_name_in_any_case(shared: Database, name: str, case: Callable[[str], str]) -> None:
    assert clear(shared, case(name)) == name


def every_id(found: Found) -> set[int]:
    return {hit.client_id for hit in (*found.hits, *found.nearest)}


def test_a_client_of_another_workspace_is_not_found(filled: Database) -> None:
    with filled.write() as connection:
        connection.execute(insert(workspace).values(installation_id=1, id=2, name="Other", is_primary=False))
        connection.execute(update(standing).where(standing.c.client_id == 1).values(workspace_id=2))
    for text in ("acme", "acm", "cme", "acmee", "c1.example"):
        assert 1 not in every_id(ask(filled, text))
        assert ask(filled, text, workspace_id=2).clear == 1


def test_a_client_of_another_installation_is_not_found(filled: Database) -> None:
    with filled.write() as connection:
        other = create(connection, NOW)
    for text in ("acme", "acm", "acmee", "c1.example"):
        assert ask(filled, text, here=other.id) == Found()


def test_an_archived_client_is_not_found(filled: Database) -> None:
    with filled.write() as connection:
        connection.execute(update(record).where(record.c.id == 1).values(archived_at=NOW))
    for text in ("acme", "acm", "acmee", "c1.example"):
        assert 1 not in every_id(ask(filled, text))


def test_a_former_client_is_found(filled: Database) -> None:
    with filled.write() as connection:
        connection.execute(update(standing).where(standing.c.client_id == 1).values(tier="former"))
    assert clear(filled, "acme") == "Acme Corporation"


def test_the_exact_step_fits_into_another_statement(shared: Database) -> None:
    for text, expected in [("ACME as", [1]), ("anna@c1.example", [1]), ("acm", []), ("", [])]:
        with shared.read() as connection:
            parameters = {"installation": 1, **lookup.exact_parameters(text)}
            assert connection.scalars(select(record.c.id).where(lookup.IS_EXACT), parameters).all() == expected


def test_a_renamed_client_is_found_by_its_new_name_alone(filled: Database) -> None:
    with filled.write() as connection:
        name_index.remove(connection, 1, [(1, "acme")])
        connection.execute(update(record).where(record.c.id == 1).values(name="Zenith", name_key="zenith"))
        connection.execute(update(standing).where(standing.c.client_id == 1).values(name_key="zenith"))
        name_index.add(connection, 1, [(1, "zenith")])
    assert clear(filled, "zenit") == "Zenith"
    assert clear(filled, "zenihh") == "Zenith"
    assert ask(filled, "acmee") == Found()


def count(database: Database, table: Table) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_removing_all_clients_leaves_no_words(filled: Database) -> None:
    with filled.write() as connection:
        name_index.remove(connection, 1, KEYS)
    assert [count(filled, table) for table in (client_word, word, word_form, word_ending)] == [0, 0, 0, 0]


def test_a_word_is_forgotten_with_the_last_name_it_stands_in(filled: Database) -> None:
    def is_known() -> bool:
        with filled.read() as connection:
            return connection.scalar(select(word.c.word).where(word.c.word == "industries")) is not None

    with filled.write() as connection:
        name_index.remove(connection, 1, KEYS[8:9])
    assert is_known()
    with filled.write() as connection:
        name_index.remove(connection, 1, KEYS[9:10])
    assert not is_known()
    assert ask(filled, "industrees") == Found()


def test_the_index_is_the_same_in_one_slice_or_in_many(database: Database, installation: Installation) -> None:
    fill(database, CLIENTS, at_once=5)

    def rows() -> list[list[tuple[object, ...]]]:
        with database.read() as connection:
            tables = (client_word, word, word_form, word_ending)
            return [sorted(tuple(row)[1:] for row in connection.execute(select(table))) for table in tables]

    sliced = rows()
    with database.write() as connection:
        name_index.remove(connection, 2, KEYS)
        name_index.add(connection, 2, KEYS)
    assert rows() == sliced


@pytest.mark.parametrize(
    ("typed", "most"), [("acme", 1), ("acm", 1), ("c1.example", 1), ("acmee", 4), ("globx corp", 4), ("qwertz", 7)]
)
def test_statements_are_few(filled: Database, typed: str, most: int) -> None:
    statements: list[str] = []
    event.listen(filled.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    ask(filled, typed)
    assert len([text for text in statements if not text.startswith("BEGIN")]) <= most


def test_no_statement_scans_a_table(sqlite: Database) -> None:
    fill(sqlite, CLIENTS)
    plans: list[str] = []

    def explain(_connection: object, cursor: sqlite3.Cursor, statement: str, values: tuple[object], *_: object) -> None:
        if statement.startswith("SELECT"):
            plans.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(sqlite.engine, "before_cursor_execute", explain)
    for text in ("acme", "lobe", "acmee", "qwertz globex", "stork industries"):
        ask(sqlite, text)
    reads = [plan for plan in plans if plan.startswith(("SEARCH", "SCAN")) and "VIRTUAL" not in plan]
    assert reads
    narrow = "name_key|domain|word|form|ending|client_id|id"
    assert [plan for plan in reads if not re.search(rf"[( ]({narrow})[=><]\?", plan) and "anon" not in plan] == []


def test_typos_are_among_the_ten_nearest(database: Database) -> None:
    clients = companies(5_000, seed=20)
    fill(database, clients)
    missed = [
        (kind, typed, clients[at])
        for kind, at, typed in typos(400, clients, seed=21)
        if at + 1 not in every_id(ask(database, typed))
    ]
    assert len(missed) <= 0.03 * 400, missed
