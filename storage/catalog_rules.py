"""The grammar of the rules of opportunities: from the text of a catalog file to what the domain decides by."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.domain.catalog import ANY, Compare, Condition, Fact, Kind, Rule, Target
from storage.catalog_file import RuleForm

_CONDITION = re.compile(
    r"(?:(?P<named>tool|category)\.(?P<key>\w+)|(?P<plain>score|seats)|(?P<limit>limit):(?P<used>\w+)/(?P<bought>\w+))"
    r" (?P<compare>>=|<=|==|>|<) (?P<value>\d+(?:\.\d+)?)"
)


def read_condition(text: str) -> Condition | None:
    """A condition such as "tool.forms >= 5"; None where it is none."""
    match = _CONDITION.fullmatch(text)
    if match is None:
        return None
    fact = Fact(match["named"] or match["plain"] or match["limit"])
    names = tuple(name for name in (match["key"], match["used"], match["bought"]) if name is not None)
    return Condition(fact, Compare(match["compare"]), float(match["value"]), names)


def read_target(text: str, products: Collection[str]) -> Target:
    """ "product:edition" or "product", which may be "any"; whatever else it is stands for itself."""
    product, colon, edition = text.partition(":")
    if colon:
        return Target(product, edition)
    return Target(product) if product == ANY or product in products else Target(words=text)


def build(rule: RuleForm, products: Collection[str]) -> Rule:
    """A rule that has been checked."""
    conditions = (read_condition(text) for text in rule.when)
    return Rule(
        kind=Kind(rule.kind),
        offer=read_target(rule.offer, products),
        to=None if rule.to is None else read_target(rule.to, products),
        when=tuple(one for one in conditions if one is not None),
        because=rule.because,
    )
