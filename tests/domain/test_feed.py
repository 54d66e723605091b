"""What two scores tell of what lies between them: subscriptions that changed, and what the client itself moved."""

from __future__ import annotations

import pytest

from bot.domain.feed import Turned, own_parts, turned
from bot.domain.moves import Ground
from bot.domain.subscriptions import Owned
from tests.domain.catalogs import SHIPPED

ALL = (1 << len(SHIPPED.tools)) - 1
EDITIONS = {key: product.editions for key, product in SHIPPED.products.items()}
FREE = next((key, product.always) for key, product in SHIPPED.products.items() if product.always)


def ground(products: dict[str, str], used: int = 0, measured: int = ALL) -> Ground:
    owned = [Owned(key, EDITIONS[key].index(name), EDITIONS[key].index(name)) for key, name in products.items()]
    return Ground(SHIPPED, tuple(owned), measured, used)


PRO = {"marketing": "professional"}
STARTER = {"marketing": "starter"}
ALWAYS = {FREE[0]: FREE[1] or ""}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (PRO, PRO, ()),
        (STARTER, PRO, (Turned("marketing", "starter", "professional"),)),
        (PRO, PRO | {"sales": "starter"}, (Turned("sales", None, "starter"),)),
        (PRO | {"sales": "starter"}, PRO, (Turned("sales", "starter", None),)),
        (PRO, {"sales": "starter"}, (Turned("marketing", "professional", None), Turned("sales", None, "starter"))),
        (ALWAYS | PRO, PRO, ()),
        (PRO, None, (Turned("marketing", "professional", None),)),
    ],
)
def test_subscriptions_that_began_ended_or_changed_are_told(
    before: dict[str, str], after: dict[str, str] | None, told: tuple[Turned, ...]
) -> None:
    assert turned(ground(before), None if after is None else ground(after)) == told


def test_where_subscriptions_are_not_loaded_none_began_or_ended() -> None:
    unknown = ground({})._replace(products=None)
    assert turned(unknown, ground(PRO)) == turned(ground(PRO), unknown) == ()


def test_a_move_of_half_a_point_or_to_another_whole_one_is_the_client_s() -> None:
    forms = SHIPPED.bits(["forms"])
    assert [part.tool for part in own_parts(ground(PRO), ground(PRO, forms))] == ["forms"]
    assert own_parts(ground(PRO, forms), ground(PRO, forms)) == ()
    assert own_parts(ground(PRO, forms, ALL & ~forms), ground(PRO, forms)) == ()
