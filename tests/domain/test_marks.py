"""What people say of tools: it adds to what data says, never overrules it, and fades."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import Answer
from bot.domain.catalog import Catalog, Compare, Condition, Fact, Kind, Rule, Target, Tier
from bot.domain.engagement import tool_of
from bot.domain.evidence import Situation
from bot.domain.listing import Sign
from bot.domain.marks import UNMARKED, Mark, Marked, Say, choices, counting, names, sets
from bot.domain.opportunities import activation, offers
from bot.domain.scoring import Facts, Reason, Use, judge, state
from bot.domain.signs import notice
from bot.domain.subscriptions import Subscription
from tests.base import CATALOG, TODAY, judged, with_facts
from tests.base import client as a_client
from tests.domain.catalogs import EVERY_TOOL, SHIPPED
from tests.domain.situations import client, keys, only, place, situations

SAID = date(2026, 11, 20)
FORMS, EMAIL, CAMPAIGNS = (SHIPPED.bits([key]) for key in ("forms", "marketing_email", "campaigns"))
STARTER = [Subscription("marketing", "starter", date(2024, 1, 1))]


def marks(*said: tuple[str, bool, date]) -> list[tuple[str, Mark]]:
    return [(tool, Mark(is_used, day)) for tool, is_used, day in said]


@pytest.mark.parametrize(("days", "counts"), [(-30, True), (0, True), (89, True), (90, False), (91, False)])
def test_a_mark_counts_for_90_days_and_for_scores_of_earlier_days(days: int, counts: bool) -> None:
    found = counting(SHIPPED, marks(("forms", True, SAID)), SAID + timedelta(days))
    assert (place("forms") in found) is counts


def test_a_mark_names_the_first_day_without_it() -> None:
    assert Mark(True, SAID).until == date(2027, 2, 18)


def test_the_latest_mark_of_a_tool_counts_by_whatever_name_it_was_kept() -> None:
    renamed = replace(SHIPPED, tool_names={**SHIPPED.tool_names, "webforms": place("forms")})
    earlier, later = ("webforms", True, SAID - timedelta(1)), ("forms", False, SAID)
    for said in ((earlier, later), (later, earlier)):
        assert counting(renamed, marks(*said), SAID) == {place("forms"): Mark(False, SAID)}
    assert names(renamed, "forms")[0] == "forms"
    assert "webforms" in names(renamed, "forms")


def test_a_mark_of_a_tool_that_the_catalog_does_not_have_counts_for_nothing() -> None:
    assert counting(SHIPPED, marks(("unheardof", True, SAID)), SAID) == {}


def test_marks_become_a_set_of_the_used_and_one_of_the_unused() -> None:
    found = counting(SHIPPED, marks(("forms", True, SAID), ("campaigns", False, SAID)), SAID)
    assert sets(found) == Marked(FORMS, CAMPAIGNS)
    assert sets({}) == UNMARKED


USED, UNUSED, BACK = Say.USED, Say.UNUSED, Say.TAKE_BACK


@pytest.mark.parametrize(
    ("is_measured", "in_use", "mark", "expected"),
    [
        pytest.param(False, False, None, (USED, UNUSED), id="nobody measures it"),
        pytest.param(True, False, None, (USED,), id="measured, and not used"),
        pytest.param(True, True, None, (), id="measured, and used"),
        pytest.param(False, False, Mark(True, SAID), (USED, UNUSED, BACK), id="marked where nobody measures it"),
        pytest.param(True, False, Mark(True, SAID), (USED, BACK), id="marked beside data"),
    ],
)
def test_only_what_says_something_new_can_be_said(
    is_measured: bool, in_use: bool, mark: Mark | None, expected: tuple[Say, ...]
) -> None:
    assert choices(mark, is_measured=is_measured, in_use=in_use) == expected


# What a client with Marketing Hub Starter has, where these are measured and used; then what is said, and what it gives.
SCORES: dict[str, tuple[int, int, Marked, int, int]] = {
    "used, measured and not used by data": (FORMS | EMAIL, EMAIL, Marked(used=FORMS), 3, 0),
    "used, measured by nobody": (EMAIL, EMAIL, Marked(used=FORMS), 3, 3),
    "not used, measured by nobody": (EMAIL, EMAIL, Marked(unused=FORMS), 0, 3),
    "not used, used by data": (FORMS | EMAIL, FORMS, Marked(unused=FORMS), 0, 0),
    "used, used by data": (FORMS | EMAIL, FORMS, Marked(used=FORMS), 0, 0),
    "used, not bought": (EMAIL, EMAIL, Marked(used=CAMPAIGNS), 0, 0),
    "not used, not bought": (EMAIL, EMAIL, Marked(unused=CAMPAIGNS), 0, 0),
}


@pytest.mark.parametrize(("measured", "used", "marked", "earned", "possible"), SCORES.values(), ids=SCORES)
def test_a_mark_moves_points(measured: int, used: int, marked: Marked, earned: int, possible: int) -> None:
    """`earned`, `possible`: by how many points."""
    data = Facts(STARTER, subscribing=True, covered=True, measured=measured, used=used)
    before, after = (judge(SHIPPED, one, SAID).points for one in (data, data._replace(marked=marked)))
    assert (after.earned - before.earned, after.possible - before.possible) == (earned, possible)


def test_a_new_tool_marked_as_not_used_costs_nothing_within_its_grace() -> None:
    new = [Subscription("marketing", "starter", SAID)]
    facts = Facts(new, subscribing=True, covered=True, measured=EVERY_TOOL & ~FORMS, used=0)
    said = facts._replace(marked=Marked(unused=FORMS))
    assert judge(SHIPPED, said, SAID).points.possible == judge(SHIPPED, facts, SAID).points.possible


def test_without_subscriptions_a_marked_tool_counts_as_bought() -> None:
    facts = Facts([], subscribing=False, covered=True, measured=EMAIL, used=EMAIL, marked=Marked(unused=FORMS))
    points = judge(SHIPPED, facts, SAID).points
    assert (points.earned, points.possible) == (3, 6)


def test_what_people_say_makes_a_score_known_as_a_source_would() -> None:
    facts = Facts(STARTER, subscribing=True, covered=False, measured=0, used=0)
    assert judge(SHIPPED, facts, SAID).reason is Reason.NO_SOURCE
    assert judge(SHIPPED, facts._replace(marked=Marked(unused=FORMS)), SAID).score == 0


@given(st.integers(0, EVERY_TOOL), st.integers(0, EVERY_TOOL), st.integers(0, EVERY_TOOL), st.integers(0, EVERY_TOOL))
def test_no_mark_overrules_data(measured: int, used: int, said: int, unsaid: int) -> None:
    """What data says is used stays what it is, whatever people say of it."""
    data = Facts(STARTER, subscribing=True, covered=True, measured=measured, used=used & measured)
    facts = data._replace(marked=Marked(said & ~unsaid, unsaid))
    entitlement = judge(SHIPPED, data, SAID).entitlement
    for position in range(len(SHIPPED.tools)):
        if data.used >> position & 1:
            by_data = state(SHIPPED, position, entitlement, data.measured, data.used)
            assert state(SHIPPED, position, entitlement, *facts.counted) is by_data


def test_a_tool_marked_as_used_is_not_offered_as_paid_for_and_not_used() -> None:
    here = client("marketing:starter", marked=Marked(used=FORMS))
    assert "activation/forms" not in keys(activation(SHIPPED, here))
    assert "activation/marketing_email" in keys(activation(SHIPPED, here))


def test_a_tool_marked_as_not_used_is_offered_on_that_evidence_alone() -> None:
    here = client("marketing:starter", measured=EMAIL, uses={"marketing_email": 9})
    assert keys(activation(SHIPPED, here)) == []
    said = only(activation(SHIPPED, here._replace(marked=Marked(unused=FORMS))), "activation/forms")
    assert said.values == {"tool": "Forms"}
    known = only(activation(SHIPPED, client("marketing:starter", marked=Marked(unused=FORMS))), "activation/forms")
    assert known.values == {"tool": "Forms", "times": 0, "within": 90}


def asking(compare: Compare, value: float) -> Catalog:
    """The shipped catalog with one rule, on the uses of forms."""
    when = (Condition(Fact.TOOL, compare, value, ("forms",)),)
    return replace(SHIPPED, rules=(Rule(Kind.CROSS_SELL, Target("service"), None, when, "{forms}"),))


@pytest.mark.parametrize(
    ("compare", "value", "offered"),
    [
        (Compare.AT_LEAST, 1, True),
        (Compare.MORE, 0, True),
        (Compare.AT_MOST, 1, False),
        (Compare.LESS, 5, False),
        (Compare.EQUAL, 1, False),
    ],
)
def test_where_people_know_of_more_use_than_data_its_count_is_only_the_least(
    compare: Compare, value: float, offered: bool
) -> None:
    here = client("marketing:starter", uses={"forms": 1}, marked=Marked(used=FORMS))
    here = here._replace(used=0, uses={place("forms"): Use(1)})
    rules = asking(compare, value)
    assert bool(offers(rules, here._replace(marked=UNMARKED))) is True
    assert bool(offers(rules, here)) is offered


@pytest.mark.parametrize("marked", [Marked(used=FORMS), Marked(unused=FORMS)])
def test_a_mark_counts_no_uses(marked: Marked) -> None:
    here = client("marketing:starter", measured=EMAIL)
    for compare, value in ((Compare.AT_MOST, 5), (Compare.EQUAL, 0), (Compare.AT_LEAST, 0)):
        assert offers(asking(compare, value), here._replace(marked=marked)) == ()


@given(situations(), st.integers(0, EVERY_TOOL))
def test_a_mark_never_makes_a_tool_quiet(here: Situation, quiet: int) -> None:
    answers: dict[str, Answer] = {}
    found, unmarked = (notice(SHIPPED, one, quiet, answers) for one in (here, here._replace(marked=UNMARKED)))
    assert (found.quiet, found.signs & Sign.QUIET) == (unmarked.quiet, unmarked.signs & Sign.QUIET)


def test_of_a_tool_that_a_client_does_not_have_nothing_can_be_said() -> None:
    one = judged(with_facts(a_client(), measured=0))
    can = {key: use.choices for key in ("forms", "tickets") if (use := tool_of(CATALOG, one, key))}
    assert can == {"forms": (USED, UNUSED), "tickets": ()}
    assert tool_of(CATALOG, one, "gone") is None


def test_of_a_former_client_nothing_can_be_said() -> None:
    ended = [Subscription("Marketing Hub", "Professional", None, TODAY)]
    one = judged(with_facts(a_client(), subscriptions=ended, measured=0))
    assert one.verdict.tier is Tier.FORMER
    use = tool_of(CATALOG, one, "contacts")
    assert use is not None
    assert use.choices == ()


@pytest.mark.parametrize(
    ("uses", "measured", "mark", "shown"),
    [
        pytest.param({"forms": Use(61, TODAY)}, EVERY_TOOL, Mark(False, TODAY), False, id="data says that it is used"),
        pytest.param({}, EVERY_TOOL, Mark(False, TODAY), False, id="data says the same"),
        pytest.param({}, EVERY_TOOL, Mark(True, TODAY), True, id="data does not know of use"),
        pytest.param({}, 0, Mark(False, TODAY), True, id="no data"),
    ],
)
def test_a_mark_is_shown_where_it_says_more_than_data(
    uses: dict[str, Use], measured: int, mark: Mark, shown: bool
) -> None:
    said = {place("forms"): mark}
    one = replace(with_facts(a_client(uses), measured=measured, marked=sets(said)), marks=said)
    use = tool_of(CATALOG, judged(one), "forms")
    assert use is not None
    assert use.mark == (mark if shown else None)
