"""Properties: the columns of a client (service, deal) that are none of the contract's own, each with a type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import delete, func, insert, select, update

from bot.domain.catalog import fold
from storage.imports import cells
from storage.imports.cells import Bad, Cells, Texts
from storage.imports.columns import Columns
from storage.imports.files import CsvFile
from storage.imports.work import Work
from storage.schema import field, record_date, record_person

_SAMPLE = 5_000  # rows that a guess looks at
_ENOUGH = 0.95  # of the filled cells: one typing error must not make a column of days a column of texts
_GIVEN = {  # properties that the contract names
    "clients": {"csm_email": "user", "team": "text", "renewal_date": "date", "company_id": "text",
                "last_touch_on": "date"},
    "services": {"client_id": "text", "pipeline": "text", "stage": "text", "amount": "number"},
    "deals": {"client_id": "text", "pipeline": "text", "stage": "text", "amount": "number"},
}  # fmt: skip


def given(object_: str, columns: Columns) -> dict[str, str]:
    """The contract's properties that a file fills: name -> type."""
    return {name: kind for name, kind in _GIVEN[object_].items() if columns.has(name)}


def types(
    work: Work, kind: str, object_: str, file: CsvFile, columns: Columns, formats: Sequence[str]
) -> dict[str, str]:
    """The type of every property of a file: the contract's, the mapping's, the one fixed before, or a guess."""
    settled = {fold(name): type_ for name, type_ in work.mapping.properties.items()}
    statement = select(field.c.name, field.c.type).where(
        field.c.installation_id == work.installation_id, field.c.object == kind
    )
    fixed = dict(work.stage.connection.execute(statement).all()) | work.properties.get(kind, {})
    found = given(object_, columns)
    open_ = []
    for i, name in columns.extra:
        type_ = settled.get(fold(name)) or fixed.get(name)
        if type_ is None:
            open_.append((i, name))
        else:
            found[name] = type_
    guessed = _guess(work, file, open_, formats) if open_ else {}
    work.properties.setdefault(kind, {}).update(found | guessed)
    return found | guessed


def reader(work: Work, type_: str, formats: Sequence[str]) -> Cells:
    """Reads a property's cells; those that do not fit become Bad."""
    if type_ == "text":
        return Texts(cells.TEXT_LENGTH, small=True)
    reads: dict[str, cells.Read] = {
        "number": cells.number(work.mapping.decimal, most=1e15),
        "date": cells.day(formats),
        "user": cells.email,
    }
    return Cells(reads[type_])


def _guess(work: Work, file: CsvFile, open_: Sequence[tuple[int, str]], formats: Sequence[str]) -> dict[str, str]:
    """A type for each column from the file's first rows; text for one that is empty there."""
    batch = next(file.batches(_SAMPLE), None)
    rows = [row for row in batch.rows if len(row) >= len(file.header)] if batch else []
    return {name: _fitting(work, [row[i] for row in rows if row[i].strip()], formats) for i, name in open_}


def _fitting(work: Work, filled: Sequence[str], formats: Sequence[str]) -> str:
    for type_ in ("number", "date", "user"):
        fits = Counter(type(value) is not Bad for value in reader(work, type_, formats).all(filled))
        if filled and fits[True] >= _ENOUGH * len(filled) and not (type_ == "number" and _is_code(filled)):
            return type_
    return "text"


def _is_code(filled: Sequence[str]) -> bool:
    """Whether digits are a name rather than a number: as a number "007" would lose its zeros."""
    return any(len(cell) > 1 and cell[0] == "0" and cell.isdigit() for cell in map(str.strip, filled))


def keep(work: Work) -> tuple[dict[tuple[str, str], tuple[int, str]], set[str]]:
    """Write new properties, and types that the mapping settled anew. Runs in a writing transaction.

    Gives (object, property) -> (id, type), and the names whose type is another one now.
    """
    connection = work.stage.connection
    mine = field.c.installation_id == work.installation_id
    rows = connection.execute(select(field.c.object, field.c.name, field.c.id, field.c.type).where(mine))
    known = {(kind, name): (identity, type_) for kind, name, identity, type_ in rows}
    next_id = connection.scalar(select(func.coalesce(func.max(field.c.id), 0) + 1).where(mine)) or 1
    retyped = set()
    for kind, name, type_ in ((kind, *item) for kind, named in work.properties.items() for item in named.items()):
        if (kind, name) not in known:
            connection.execute(
                insert(field).values(
                    installation_id=work.installation_id, id=next_id, object=kind, name=name, label=name, type=type_
                )
            )
            known[kind, name] = (next_id, type_)
            next_id += 1
        elif known[kind, name][1] != type_:
            retyped.add(name)
            known[kind, name] = (known[kind, name][0], type_)
            _retype(work, known[kind, name][0], type_)
    return known, retyped


def _retype(work: Work, identity: int, type_: str) -> None:
    connection = work.stage.connection
    connection.execute(
        update(field).where(field.c.installation_id == work.installation_id, field.c.id == identity).values(type=type_)
    )
    for table in (record_person, record_date):
        connection.execute(
            delete(table).where(table.c.installation_id == work.installation_id, table.c.property_id == identity)
        )


def documents(columns: Mapping[str, Sequence[Any]], rows: int) -> list[str]:
    """The properties of each row as JSON, without empty ones; whole numbers without a fraction."""
    names = list(columns)
    texts = []
    for values in zip(*map(_plain, columns.values()), strict=True) if columns else [()] * rows:
        said = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        texts.append(to_json(said).decode())
    return texts


def _plain(column: Sequence[Any]) -> Sequence[Any]:
    if float not in set(map(type, column)):
        return column
    return [int(value) if type(value) is float and value.is_integer() else value for value in column]
