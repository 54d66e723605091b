"""What a catalog may not say: all the ways in which one contradicts itself."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from string import Formatter
from typing import NamedTuple

from bot.domain.catalog import ANY, Fact, Grant, fold
from storage.catalog_file import CatalogForm, Place, ProductForm, RuleForm, ToolForm
from storage.catalog_rules import read_condition, read_target


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


_WORDS = frozenset({"score", "share", "limit", "used", "seats", "product"})


def _rules(form: CatalogForm) -> Iterator[Problem]:
    for number, rule in enumerate(form.opportunities.rules):
        place = ("opportunities", "rules", number)
        for condition in rule.when:
            if problem := _condition_problem(form, condition):
                yield Problem((*place, "when"), problem, condition)
        for part, text in (("offer", rule.offer), ("to", rule.to)):
            if text is not None and (problem := _target_problem(form, rule, part, text)):
                yield Problem((*place, part), problem)
        if problem := _because_problem(form, rule):
            yield Problem((*place, "because"), problem)


def _condition_problem(form: CatalogForm, text: str) -> str | None:
    condition = read_condition(text)
    if condition is None:
        return f"{text!r} is no condition such as 'tool.forms >= 5'"
    for fact, known in ((Fact.TOOL, form.tools.keys()), (Fact.CATEGORY, form.categories.keys())):
        if condition.fact is fact and condition.names[0] not in known:
            return f"no {fact} is called {condition.names[0]}{meant(condition.names[0], known)}"
    return None


def _target_problem(form: CatalogForm, rule: RuleForm, part: str, text: str) -> str | None:
    """What is wrong with whom a rule asks ("to") or what it offers. Only an upsell may offer "any" or words."""
    target = read_target(text, form.products)
    if target.edition is not None and (problem := _any_edition_problem(form, text)):
        return problem
    if target.words is not None and (part == "to" or rule.kind == "cross-sell"):
        return f"no product is called {text}{meant(text, form.products)}"
    if part == "to":
        return None
    if rule.kind == "cross-sell":
        return f"{text} is no product" if target.product == ANY else None
    if target.product is not None and target.edition is None:
        return f"an upsell offers an edition, as in {text}:{_top(form, text)}"
    return f"an upsell that offers {text} must say `to` whom" if target.product in {None, ANY} and not rule.to else None


def _top(form: CatalogForm, product: str) -> str:
    return form.products[product].editions[-1] if product in form.products else "enterprise"


def _any_edition_problem(form: CatalogForm, text: str) -> str | None:
    product, _, edition = text.partition(":")
    if product != ANY:
        return _edition_problem(text, form.products)
    known = {name for one in form.products.values() for name in one.editions}
    return None if edition in known else f"no product has an edition {edition}{meant(edition, known)}"


def _because_problem(form: CatalogForm, rule: RuleForm) -> str | None:
    """A number in the sentence must be one that a condition has found, or nothing could be put in its place."""
    found = {word for text in rule.when if (one := read_condition(text)) for word in one.words} | {"product"}
    try:
        fields = [field[1:] for field in Formatter().parse(rule.because) if field[1] is not None]
    except ValueError as error:
        return f"{str(error)[0].lower()}{str(error)[1:]}"
    for word, form_of, conversion in fields:
        if word not in _WORDS and word not in form.tools:
            return f"nothing is called {{{word}}}{meant(str(word), [*_WORDS, *form.tools])}"
        if word not in found:
            return f"{{{word}}} is a number that no condition of this rule asks for"
        if form_of or conversion:
            return f"{{{word}}} stands alone in its braces"
    return None


def meant(name: str, known: Collection[str]) -> str:
    """The question after a misspelt name; empty where no known name is near."""
    near = get_close_matches(name, known, n=1)
    return f"; is {near[0]} meant?" if near else ""


def ranked(form: CatalogForm, grants: list[str]) -> tuple[Grant, ...]:
    """The grants of a tool; one that names no product or edition is left out (and has been refused)."""
    parts = (grant.partition(":") for grant in grants if _edition_problem(grant, form.products) is None)
    return tuple(Grant(product, form.products[product].editions.index(edition)) for product, _, edition in parts)
