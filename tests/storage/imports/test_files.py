"""Which files are read, and how: encodings, delimiters, line ends, headers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.imports import files
from storage.imports.files import CsvFile
from storage.imports.mapping import Mapping
from storage.imports.report import FileProblem, Refused
from tests.storage.imports.conftest import Desk

CLIENTS = "id,name\nA,Ærø Bygg A/S\nB,Globex\n"


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_bom_line_ends_and_delimiters_make_no_difference(tmp_path: Path, bom: bytes, end: str, delimiter: str) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(bom + CLIENTS.replace(",", delimiter).replace("\n", end).encode())
    found = files.inspect(path)
    assert isinstance(found, CsvFile)
    assert found.header == ("id", "name")
    (batch,) = found.batches()
    assert batch.rows == [["A", "Ærø Bygg A/S"], ["B", "Globex"]]
    assert list(batch.lines) == [2, 3]


@pytest.mark.parametrize(
    ("content", "problem", "at"),
    [
        ("id,name\nA,Ærø\n".encode("latin-1"), FileProblem.NOT_UTF8, 10),
        (CLIENTS.encode("utf-16"), FileProblem.NOT_UTF8, 0),
        (b"PK\x03\x04\xff\xfe", FileProblem.NOT_UTF8, 4),
        (b"id,name\nA,Acme\xc3", FileProblem.NOT_UTF8, 15),
        (b"", FileProblem.EMPTY, None),
        (b"\xef\xbb\xbf\n\n", FileProblem.EMPTY, None),
    ],
)
def test_a_file_that_cannot_be_read_is_left_out(
    one_desk: Desk, content: bytes, problem: FileProblem, at: int | None
) -> None:
    path = one_desk.folder / "clients.csv"
    path.write_bytes(content)
    assert one_desk.run([path]).files[0].left_out == Refused(problem, at=at)
    assert one_desk.names() == []


def test_a_character_across_two_chunks_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_BYTES", 1)
    path = tmp_path / "clients.csv"
    path.write_text(CLIENTS, encoding="utf-8")
    assert isinstance(files.inspect(path), CsvFile)
    path.write_bytes(b"ab\xc3\xa6\xc3(")
    assert files.inspect(path) == Refused(FileProblem.NOT_UTF8, at=4)


def test_lines_are_counted_over_cells_with_line_ends_and_blank_rows(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes(b'\n\nid,name\r\nA,"two\r\nlines"\r\n\r\n,\r\nB,"three\n\nlines"\rC,one\n')
    found = files.inspect(path)
    assert isinstance(found, CsvFile)
    for size in (1, 2, 100):
        batches = list(found.batches(size))
        assert [line for batch in batches for line in batch.lines] == [4, 8, 11]
        assert [row[0] for batch in batches for row in batch.rows] == ["A", "B", "C"]


def test_an_unreadable_row_leaves_the_rows_around_it(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text('id,name\nA,a\nB,"' + "x" * 140_000 + '"\nC,c\n', encoding="utf-8")
    found = files.inspect(path)
    assert isinstance(found, CsvFile)
    batches = list(found.batches())
    assert [row[0] for batch in batches for row in batch.rows] == ["A", "C"]
    assert [line for batch in batches for line in batch.lines] == [2, 4]
    assert [line for batch in batches for line in batch.unreadable] == [3]


@pytest.mark.parametrize(
    ("header", "missing", "meant"),
    [
        ("account_id,account_name", ("id", "name"), ("account_id", "account_name")),
        ("id,nmae", ("name",), ("nmae",)),
        ("id,colour", ("name",), ("",)),
    ],
)
def test_a_missing_column_is_named_with_the_one_likely_meant(
    one_desk: Desk, header: str, missing: tuple[str, ...], meant: tuple[str, ...]
) -> None:
    report = one_desk.load({"clients.csv": f"{header}\nA,Acme\n"})
    expected = Refused(FileProblem.MISSING_COLUMN, missing, tuple(header.split(",")), meant)
    assert report.files[0].left_out == expected


def test_usage_needs_a_client_or_a_subscription(one_desk: Desk) -> None:
    report = one_desk.load({"usage.csv": "tool,used_on,count\nforms,2026-11-01,1\n"})
    assert report.files[0].left_out is not None
    assert report.files[0].left_out.columns == ("client_id",)


def test_a_column_of_ours_that_stands_twice_refuses_the_file(one_desk: Desk) -> None:
    report = one_desk.load({"clients.csv": "id,name,Name\nA,Acme,Bcme\n"})
    assert report.files[0].left_out is not None
    assert report.files[0].left_out.problem is FileProblem.COLUMN_TWICE
    again = one_desk.load({"clients.csv": "id,name,x,x\nA,Acme,1,2\n"})
    assert again.files[0].left_out is None


def test_case_spaces_and_hyphens_in_headers_do_not_matter(one_desk: Desk) -> None:
    one_desk.load(
        {"clients.csv": "ID, Name \nA,Acme\n", "usage.csv": "Client-Id,Tool,Used On,COUNT\nA,x,2026-11-01,1\n"}
    )
    assert one_desk.uses() == {("A", "x", "2026-11-01"): 1}


def test_empty_cells_beyond_the_header_do_no_harm(one_desk: Desk) -> None:
    assert one_desk.load({"clients.csv": "id,name\nA,Acme,,\nB,Globex,,\n"}).refused == 0
    assert one_desk.names() == ["Acme", "Globex"]


def test_unknown_files_are_named_as_not_read(one_desk: Desk) -> None:
    report = one_desk.load({"clients.csv": CLIENTS, "notes.csv": "a,b\n", "x.txt": "?"})
    left_out = {one.name: one.left_out.problem for one in report.files if one.left_out}
    assert left_out == {"notes.csv": FileProblem.NO_OBJECT}


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.find([tmp_path / "nowhere.csv"], Mapping())


def test_clients_are_read_before_what_names_them(tmp_path: Path) -> None:
    for name in ("teams.csv", "usage.csv", "deals.csv", "subscriptions.csv", "clients.csv"):
        (tmp_path / name).touch()
    found, _ = files.find([tmp_path / "usage.csv", tmp_path], Mapping())
    assert [path.stem for path, _ in found] == ["clients", "subscriptions", "deals", "usage", "teams"]


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
NASTY = st.sampled_from(
    ["A", "B", '"', '""', '"A', "\0", "\r", "=1+1", "2026-11-01", "31-12-2024", "1e999", "-0", "٣", " ", "\ufeff", "﷽"]
)
CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.lists(st.lists(st.one_of(CELLS, NASTY), max_size=6), max_size=6).map(
        lambda rows: "\n".join(",".join(row) for row in rows).encode()
    ),
)
HEADERS = st.sampled_from([b"", b"id,name\n", b"id,name,csm_email,x\n", b"client_id,tool,used_on,count\n",
                           b"client_id,product,id,mrr\n", b"id;name;renewal_date\r\n",
                           b"team,email,primary,lead,country,time_zone\n"])  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["clients.csv", "usage.csv", "subscriptions.csv", "deals.csv", "teams.csv"]), HEADERS, CONTENTS)
def test_no_file_whatsoever_crashes_the_import(one_desk: Desk, name: str, header: bytes, content: bytes) -> None:
    for old in one_desk.folder.glob("*"):
        old.unlink()
    (one_desk.folder / "clients.csv").write_bytes(b"id,name\nA,Acme\n")
    (one_desk.folder / name).write_bytes(header + content)
    report = one_desk.run([one_desk.folder])
    for one in report.files:
        assert one.refused + one.repeated <= one.read
        assert sum(one.reasons.values()) == one.refused
