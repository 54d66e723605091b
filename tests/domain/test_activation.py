"""Activation: what a client has, nobody measures in use, and is worth points."""

from __future__ import annotations

from hypothesis import given

from bot.domain.catalog import Tier
from bot.domain.evidence import Situation
from bot.domain.opportunities import activation, unused
from bot.domain.scoring import Use, next_step, tally
from tests.base import LONG_AGO
from tests.domain.catalogs import SHIPPED
from tests.domain.situations import client, keys, only, place, situations


def test_activation_is_every_tool_paid_for_and_not_used_most_points_first() -> None:
    here = client("marketing:professional", uses={"forms": 5, "segments": 1}, measured=SHIPPED.bits(
        ["forms", "segments", "campaigns", "workflows", "deals", "seo", "attribution", "dashboards"]))  # fmt: skip
    found = activation(SHIPPED, here)
    assert keys(found) == ["activation/workflows", "activation/campaigns", "activation/seo", "activation/dashboards"]
    assert [(one.product, one.edition) for one in found] == [("marketing", "professional")] * 3 + [("crm", "free")]
    assert unused(SHIPPED, here) == SHIPPED.bits(["workflows", "campaigns", "seo", "dashboards"])


def test_a_tool_without_points_is_no_opportunity() -> None:
    assert "activation/prospecting_agent" not in keys(activation(SHIPPED, client("sales:professional")))


def test_activation_says_how_little_it_is_used() -> None:
    uses = {place("forms"): Use(3, LONG_AGO)}
    one = only(activation(SHIPPED, client("marketing:starter")._replace(uses=uses)), "activation/forms")
    assert one.values == {"tool": "Forms", "times": 3, "within": 90, "last_on": LONG_AGO}
    assert (one.evidence, one.size) == (None, None)


@given(situations())
def test_the_first_activation_is_the_cards_next_step(here: Situation) -> None:
    measured, used = here.marked.on(here.measured, here.used)
    points = tally(SHIPPED, here.entitlement, measured, used)
    found = activation(SHIPPED, here._replace(areas=points.areas))
    step = next_step(SHIPPED, points, here.entitlement, measured, used)
    expected = None if here.tier is Tier.FORMER else step
    assert (found[0].tool if found else None) == expected
    assert sum(1 << SHIPPED.tools.index(one.tool) for one in found if one.tool) == unused(SHIPPED, here)
