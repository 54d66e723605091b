"""What is noticed of a client beside its score, as lists and counts need it: open opportunities, tools going quiet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bot.domain.answers import Answer, is_open
from bot.domain.catalog import Catalog, Kind
from bot.domain.evidence import Situation
from bot.domain.listing import OF_KIND, Sign
from bot.domain.opportunities import Opportunity, bases, offers, unused
from bot.domain.scoring import members
from bot.domain.subscriptions import Owned


class Notice(NamedTuple):
    signs: Sign
    offers: tuple[Opportunity, ...]  # by the catalog's rules, answered or not
    quiet: int  # the set of tools that are going quiet
    owned: str | None  # "marketing:professional,sales:starter": what it pays for; None: not known


_OPEN = date.min  # answers whose date has come are taken out (`storage.opportunities.end`), so none is past here


def notice(catalog: Catalog, here: Situation, quiet: int, answers: Mapping[str, Answer]) -> Notice:
    """quiet: the tools that were in steady use and are not used of late, bought or not."""
    found = offers(catalog, here)
    going = quiet & here.entitlement.included & here.used
    signs = _QUIET if going else 0  # a number, as flags are joined slowly
    for one in found:
        if is_open(one, answers.get(one.key), _OPEN):
            signs |= _SIGNS[one.kind] if one.held is None else _HELD
    if has_open_activation(catalog, here, answers):
        signs |= _SIGNS[Kind.ACTIVATION]
    return Notice(_sign(signs), found, going, None if here.owned is None else subscribed(catalog, here.owned))


def has_open_activation(catalog: Catalog, here: Situation, answers: Mapping[str, Answer]) -> bool:
    """Whether a tool that is paid for and not used is left which nobody has answered to."""
    left = unused(catalog, here)
    for key in answers:
        kind, _, tool = key.partition("/")
        if kind == Kind.ACTIVATION:
            left &= ~catalog.bits([tool])
    return left != 0


_SIGNS = {kind: sign.value for kind, sign in OF_KIND.items()}
_HELD, _QUIET = Sign.HELD.value, Sign.QUIET.value
_sign = lru_cache(Sign)


@lru_cache(maxsize=65_536)
def subscribed(catalog: Catalog, products: tuple[Owned, ...]) -> str:
    """The products and editions that are paid for."""
    return ",".join(f"{product}:{edition}" for product, edition in sorted(bases(catalog, products).items()))


def names(catalog: Catalog, tools: int) -> str | None:
    """The keys of a set of tools; None for an empty one."""
    return ",".join([tool.key for tool in members(catalog, tools)]) if tools else None
