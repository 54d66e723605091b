"""Catalogs: read from a file, checked as a whole, and kept by their hash."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.catalog import Catalog, Category, Product, Tier, Tool, fold
from bot.errors import UserError
from storage import catalog_rules, schema
from storage.catalog_checks import meant, problems, ranked
from storage.catalog_file import CatalogForm, Place, ToolForm, find_line
from storage.database import Database

SHIPPED = Path(__file__).with_name("catalog.toml")


class CatalogError(UserError):
    """A catalog that contradicts itself. As text it is one line: the file, the line in it, and what is wrong."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__("catalog_refused", file=file, line=line, problem=problem)

    def __str__(self) -> str:
        return "{file}, line {line}: {problem}".format(**self.values)


def load(path: Path | None = None) -> Catalog:
    """The catalog in a file; without one, the default that ships. Raises CatalogError, or OSError where unreadable."""
    return parse(read(path), str(path or SHIPPED.name))


def read(path: Path | None = None) -> str:
    """The text of a catalog file; without a path, of the default that ships. Raises as `load` does."""
    try:
        return (path or SHIPPED).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogError(str(path), 1, f"not UTF-8 (byte {error.start})") from None


@lru_cache(maxsize=32)
def parse(text: str, file: str) -> Catalog:
    """The catalog in a text; `file` is its name in errors. The same text gives the same object."""
    try:
        form = CatalogForm.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _misread(text, file, str(error)) from None
    except ValidationError as error:
        raise _misfit(text, file, error) from None
    for problem in problems(form):
        raise CatalogError(file, find_line(text, problem.place, problem.value), problem.text)
    return _build(form)


def remember(connection: Connection, installation_id: int, catalog: Catalog, text: str, now: datetime) -> None:
    """Keep the text of a catalog under its hash, so that an old score can be explained by the rules of its day."""
    values = {"installation_id": installation_id, "hash": catalog.hash, "text": text, "loaded_at": now}
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(schema.catalog).values(values).on_conflict_do_nothing())


def adopt(database: Database, installation_id: int, path: Path | None, now: datetime) -> Catalog:
    """The catalog to import with, its text kept: the one in a file, else the installation's own.

    Raises CatalogError, or OSError where the file is unreadable.
    """
    if path is None:
        with database.read() as connection:
            catalog = current(connection, installation_id)
    else:
        catalog = load(path)
    text = read(path)
    if parse(text, str(path)).hash == catalog.hash:  # else it is the one kept before
        with database.write() as connection:
            remember(connection, installation_id, catalog, text, now)
    return catalog


def current(connection: Connection, installation_id: int) -> Catalog:
    """The catalog that the installation's scores are made with; before the first import, the default that ships."""
    used = select(schema.installation.c.catalog_hash).where(schema.installation.c.id == installation_id)
    return kept(connection, installation_id, connection.scalar(used)) or load()


def kept(connection: Connection, installation_id: int, hash_: str | None) -> Catalog | None:
    """The catalog that an import has kept under this hash; None where none has."""
    mine = schema.catalog.c.installation_id == installation_id
    text = connection.scalar(select(schema.catalog.c.text).where(mine, schema.catalog.c.hash == hash_))
    return None if text is None else parse(text, "the catalog of the last import")


def every(connection: Connection, installation_id: int) -> dict[str, Catalog]:
    """The catalogs that imports have kept, by their hash; one that this release no longer takes is left out."""
    mine = schema.catalog.c.installation_id == installation_id
    found = {}
    for hash_, text in connection.execute(select(schema.catalog.c.hash, schema.catalog.c.text).where(mine)):
        with suppress(CatalogError):
            found[hash_] = parse(text, "a catalog of an earlier import")
    return found


class Catalogs:
    """The catalogs that a process answers with: what an installation's scores are made with, whoever imported it."""

    def __init__(self, database: Database, given: Catalog, *, fixed: bool = False) -> None:
        self._database = database
        self._given = given
        self._fixed = fixed  # chosen by the environment, whatever an import has used
        self._known = {given.hash: given}

    def of(self, installation_id: int, hash_: str | None) -> Catalog:
        """The catalog of an installation whose scores were made with the one of this hash (None: none yet)."""
        if self._fixed or hash_ is None:
            return self._given
        if hash_ not in self._known:
            with self._database.read() as connection:
                self._known[hash_] = kept(connection, installation_id, hash_) or load()
        return self._known[hash_]

    def earlier(self, installation_id: int) -> Callable[[str], Catalog | None]:
        """Finds catalogs by their hash, those of earlier imports too; None for one that is no longer known."""

        def find(hash_: str) -> Catalog | None:
            if hash_ not in self._known:
                with self._database.read() as connection, suppress(CatalogError):
                    found = kept(connection, installation_id, hash_)
                    if found is None:
                        return None
                    self._known[hash_] = found
            return self._known.get(hash_)

        return find


def _misread(text: str, file: str, message: str) -> CatalogError:
    """TOML's own complaint, which names the line itself (except at the end of the file)."""
    place = re.search(r" \(at line (\d+), column \d+\)", message)
    line = int(place[1]) if place else len(text.splitlines())
    return CatalogError(
        file, line, (message[: place.start()] if place else message).removesuffix(" (at end of document)")
    )


def _misfit(text: str, file: str, error: ValidationError) -> CatalogError:
    """The first entry that has not the form of a catalog."""
    first = error.errors(include_url=False)[0]
    place = first["loc"]
    value = first["input"] if isinstance(first["input"], str) else None
    name = ".".join(str(part) for part in place)
    if first["type"] == "extra_forbidden":
        problem = f"{name} is not known" + meant(str(place[-1]), _known_keys(place))
    elif first["type"] == "missing":
        problem = f"{name} is missing"
    else:
        problem = f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}"
    return CatalogError(file, find_line(text, place, value), problem)


def _known_keys(place: Place) -> Collection[str]:
    """What may stand where an unknown key stood: that of a tool's table, a product's …"""
    form: object = CatalogForm
    for part in place[:-1]:
        fields = getattr(form, "model_fields", None)
        if fields is None or part not in fields:
            continue  # the name of a tool or product, or a place in a list
        form = next((one for one in _forms(fields[part].annotation)), form)
    return getattr(form, "model_fields", {}).keys()


def _forms(annotation: object) -> Iterator[object]:
    if hasattr(annotation, "model_fields"):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _forms(inner)


def _build(form: CatalogForm) -> Catalog:
    score = form.score
    bands = {Tier.LOW: score.low, Tier.MEDIUM: score.medium, Tier.HIGH: score.high}
    return Catalog(
        version=form.version,
        name=form.name,
        hash=_hash(form),
        grace=score.grace,
        onboarding=score.onboarding,
        bands={tier: (low, high) for tier, (low, high) in bands.items()},
        products={key: Product(key, p.name, tuple(p.editions), p.always) for key, p in form.products.items()},
        categories={key: Category(key, one.name) for key, one in form.categories.items()},
        tools=tuple(_tool(form, key, tool) for key, tool in form.tools.items()),
        product_names=_product_names(form),
        tool_names={fold(n): i for i, (key, t) in enumerate(form.tools.items()) for n in (key, t.name, *t.aliases)},
        hold_below=form.opportunities.hold_below,
        rules=tuple(catalog_rules.build(rule, form.products) for rule in form.opportunities.rules),
    )


def _hash(form: CatalogForm) -> str:
    """Of what the file says, defaults filled in: comments, layout and the order of its tables do not matter."""
    content = json.dumps(form.model_dump(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _tool(form: CatalogForm, key: str, tool: ToolForm) -> Tool:
    included = ranked(form, tool.included)
    return Tool(
        key=key,
        name=tool.name,
        category=tool.category,
        included=included,
        expected=included if tool.expected is None else ranked(form, tool.expected),
        points=tool.points,
        at_least=tool.at_least,
        within=tool.within or form.score.within,
        counts=tool.counts,
        step=tool.step,
        free=tool.free,
    )


def _product_names(form: CatalogForm) -> dict[str, tuple[str, ...]]:
    names = {fold(n): (key,) for key, one in form.products.items() for n in (key, one.name, *one.aliases)}
    bundles = {fold(n): tuple(b.products) for key, b in form.bundles.items() for n in (key, b.name, *b.aliases)}
    return names | bundles
