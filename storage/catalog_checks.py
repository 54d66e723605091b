"""What a catalog may not say: all the ways in which one contradicts itself."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from string import Formatter
from typing import NamedTuple

from bot.domain.catalog import Grant, fold
from storage.catalog_file import CatalogForm, Place, ProductForm, RuleForm, ToolForm


class Problem(NamedTuple):
    place: Place
    text: str
    value: str | None = None  # of a list's entry


def problems(form: CatalogForm) -> Iterator[Problem]:
    """What contradicts itself, first thing first."""
    yield from _bands(form)
    yield from _products(form)
    yield from _tools(form)
    yield from _rules(form)


def _bands(form: CatalogForm) -> Iterator[Problem]:
    """The tiers must follow one another from 0 to 10, so that each score has exactly one."""
    expected = 0
    for tier in ("low", "medium", "high"):
        first, last = getattr(form.score, tier)
        if first != expected or last < first:
            yield Problem(("score", tier), f"the tiers leave a gap or overlap: {tier} must start at {expected}")
        expected = last + 1
    if expected != 11:
        yield Problem(("score", "high"), "the tiers must end at 10")


def _products(form: CatalogForm) -> Iterator[Problem]:
    for key, product in form.products.items():
        place = ("products", key)
        for edition in product.editions:
            if [fold(one) for one in product.editions].count(fold(edition)) > 1:
                yield Problem((*place, "editions"), f"{key} has the edition {edition} twice", edition)
        if product.always is not None and product.always not in product.editions:
            near = meant(product.always, product.editions)
            yield Problem((*place, "always"), f"{key} has no edition {product.always}{near}")
    for key, bundle in form.bundles.items():
        for name in bundle.products:
            if name not in form.products:
                near = meant(name, form.products)
                yield Problem(("bundles", key, "products"), f"no product is called {name}{near}", name)
    named: dict[Place, list[str]] = {}
    named |= {("products", key): [one.name, *one.aliases] for key, one in form.products.items()}
    named |= {("bundles", key): [one.name, *one.aliases] for key, one in form.bundles.items()}
    yield from _shared_names(named)


def _tools(form: CatalogForm) -> Iterator[Problem]:
    for key, tool in form.tools.items():
        if tool.category not in form.categories:
            near = meant(tool.category, form.categories)
            yield Problem(("tools", key, "category"), f"no category is called {tool.category}{near}")
        for part, grants in (("included", tool.included), ("expected", tool.expected or [])):
            yield from _grants(form, ("tools", key, part), grants)
        yield from _beyond(form, key, tool)
    yield from _shared_names({("tools", key): [one.name, *one.aliases] for key, one in form.tools.items()})


def _grants(form: CatalogForm, place: Place, grants: list[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for grant in grants:
        problem = _edition_problem(grant, form.products)
        product = grant.partition(":")[0]
        if problem is None and product in seen:
            problem = f"{product} stands here twice; one line names the lowest edition"
        if problem is not None:
            yield Problem(place, problem, grant)
        seen.add(product)


def _edition_problem(grant: str, products: Mapping[str, ProductForm]) -> str | None:
    """What is wrong with a "product:edition"; None where nothing is."""
    product, colon, edition = grant.partition(":")
    if not colon:
        return f"{grant} must be written product:edition"
    if product not in products:
        return f"no product is called {product}{meant(product, products)}"
    editions = products[product].editions
    return None if edition in editions else f"{product} has no edition {edition}{meant(edition, editions)}"


def _beyond(form: CatalogForm, key: str, tool: ToolForm) -> Iterator[Problem]:
    """A tool that is expected where it is not included would cost points that nobody can earn."""
    included = {grant.product: grant.rank for grant in ranked(form, tool.included)}
    for text in tool.expected or []:
        for grant in ranked(form, [text]):
            if grant.rank < included.get(grant.product, sys.maxsize):
                yield Problem(("tools", key, "expected"), f"{key} is expected in {text} but not included there", text)


def _shared_names(names: Mapping[Place, list[str]]) -> Iterator[Problem]:
    """Two things of one name: an import could not tell them apart."""
    owners: dict[str, Place] = {}
    for place, others in names.items():
        for name in (str(place[-1]), *others):
            owner = owners.setdefault(fold(name), place)
            if owner != place:
                where = place if fold(name) in (fold(str(place[-1])), fold(others[0])) else (*place, "aliases")
                yield Problem(where, f"{place[-1]} and {owner[-1]} are both called {name}", name)


_CONDITION = re.compile(r"(?P<fact>tool\.(?P<tool>\w+)|category\.(?P<category>\w+)|score|seats|limit:\w+/\w+)"
                        r" (?:>=|<=|==|>|<) (?:\d+(?:\.\d+)?)")  # fmt: skip
_WORDS = frozenset({"score", "share", "limit", "used", "seats", "product"})


def _rules(form: CatalogForm) -> Iterator[Problem]:
    for number, rule in enumerate(form.opportunities.rules):
        place = ("opportunities", "rules", number)
        for condition in rule.when:
            if problem := _condition_problem(form, condition):
                yield Problem((*place, "when"), problem, condition)
        for part, text in (("offer", rule.offer), ("to", rule.to)):
            if text is not None and (problem := _offer_problem(form, rule, part, text)):
                yield Problem((*place, part), problem)
        for _, word, _, _ in Formatter().parse(rule.because):
            if word is not None and word not in _WORDS and word not in form.tools:
                near = meant(word, [*_WORDS, *form.tools])
                yield Problem((*place, "because"), f"nothing is called {{{word}}}{near}")


def _condition_problem(form: CatalogForm, condition: str) -> str | None:
    match = _CONDITION.fullmatch(condition)
    if match is None:
        return f"{condition!r} is no condition such as 'tool.forms >= 5'"
    for kind, known in (("tool", form.tools), ("category", form.categories)):
        name = match[kind]
        if name is not None and name not in known:
            return f"no {kind} is called {name}{meant(name, known)}"
    return None


def _offer_problem(form: CatalogForm, rule: RuleForm, part: str, text: str) -> str | None:
    """An offer is "product:edition" ("any" for all products), a product, or, for an upsell, words such as "seats"."""
    product, colon, edition = text.partition(":")
    if product == "any":
        known = {name for one in form.products.values() for name in one.editions}
        return None if not colon or edition in known else f"no product has an edition {edition}{meant(edition, known)}"
    if colon:
        return _edition_problem(text, form.products)
    if (part == "to" or rule.kind == "cross-sell") and text not in form.products:
        return f"no product is called {text}{meant(text, form.products)}"
    return None


def meant(name: str, known: Collection[str]) -> str:
    """The question after a misspelt name; empty where no known name is near."""
    near = get_close_matches(name, known, n=1)
    return f"; is {near[0]} meant?" if near else ""


def ranked(form: CatalogForm, grants: list[str]) -> tuple[Grant, ...]:
    """The grants of a tool; one that names no product or edition is left out (and has been refused)."""
    parts = (grant.partition(":") for grant in grants if _edition_problem(grant, form.products) is None)
    return tuple(Grant(product, form.products[product].editions.index(edition)) for product, _, edition in parts)
