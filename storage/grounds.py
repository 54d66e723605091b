"""What a score was made from, as a short text beside it: so it can be said later why the score moved."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from bot.domain.catalog import Catalog
from bot.domain.marks import Marked
from bot.domain.moves import Ground
from bot.domain.scoring import Facts
from bot.domain.subscriptions import Owned

# "sales:professional:starter,crm:free:free|1fff|3": product, edition, the edition past its grace ("" for none); the
# tools measured; those of them in use, which are scored. "*" for the products: subscriptions were never loaded.
# "…|3|4|0": behind them the scored tools that people say are used, and those that they say are not, if there are any.


def write(catalog: Catalog, products: tuple[Owned, ...] | None, facts: Facts) -> str:
    scored = _scored(catalog)
    text = f"{_products(catalog, products)}|{facts.measured:x}|{facts.used & facts.measured & scored:x}"
    used, unused = (tools & scored for tools in facts.marked)
    return f"{text}|{used:x}|{unused:x}" if used | unused else text


@lru_cache(maxsize=65_536)  # the same few combinations over a whole base
def _products(catalog: Catalog, products: tuple[Owned, ...] | None) -> str:
    if products is None:
        return "*"
    return ",".join(
        f"{one.product}:{_edition(catalog, one, one.rank)}:{_edition(catalog, one, one.settled)}" for one in products
    )


def _edition(catalog: Catalog, one: Owned, rank: int) -> str:
    return catalog.products[one.product].editions[rank] if rank >= 0 else ""


@lru_cache(maxsize=16)
def _scored(catalog: Catalog) -> int:
    return sum(1 << i for i, tool in enumerate(catalog.tools) if tool.points)


CatalogOf = Callable[[str], Catalog | None]  # by its hash


def find(catalogs: CatalogOf, text: str | None) -> Ground | None:
    """Of a text with its catalog's hash before it; None where there was no score, or that catalog is not known."""
    if text is None:
        return None
    hash_, _, ground = text.partition("/")
    catalog = catalogs(hash_)
    return None if catalog is None else read(catalog, ground)


@lru_cache(maxsize=4_096)
def read(catalog: Catalog, text: str) -> Ground:
    """`catalog`: the one that the text was written with, found by its hash."""
    products, *sets = text.split("|")
    owned = None if products == "*" else tuple(_owned(catalog, one) for one in products.split(",") if one)
    measured, used, *marked = (int(tools, 16) for tools in sets)
    return Ground(catalog, owned, measured, used, Marked(*marked))


def _owned(catalog: Catalog, text: str) -> Owned:
    product, edition, settled = text.split(":")
    editions = catalog.products[product].editions
    return Owned(product, editions.index(edition), editions.index(settled) if settled else -1)
