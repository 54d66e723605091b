"""Why a score moved: each cause is told from the others, and the parts add up, exactly and as shown."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Catalog, fold
from bot.domain.marks import Marked
from bot.domain.moves import Cause, Ground, Part, Said, change, explain, in_tenths, own_change, own_changes, tenths
from bot.domain.scoring import entitle, everything, split
from bot.domain.subscriptions import Owned
from tests.domain.catalogs import EVERY_TOOL, SHIPPED

STARTER, PROFESSIONAL = 1, 2
CRM = Owned("crm", 0, 0)
MARKETING = Owned("marketing", PROFESSIONAL, PROFESSIONAL)
SALES = Owned("sales", STARTER, STARTER)
USED = SHIPPED.bits(["contacts", "forms", "marketing_email", "deals", "workflows"])
ACME = Ground(SHIPPED, (CRM, MARKETING, SALES), EVERY_TOOL, USED)


def edited(catalog: Catalog, tool: str, **changes: object) -> Catalog:
    """The catalog with one tool changed."""
    tools = tuple(replace(one, **changes) if one.key == tool else one for one in catalog.tools)  # type: ignore[arg-type]
    return replace(catalog, hash=f"{catalog.hash} with another {tool}", tools=tools)


def without(catalog: Catalog, tool: str) -> Catalog:
    tools = tuple(one for one in catalog.tools if one.key != tool)
    names = {fold(one.key): i for i, one in enumerate(tools)}
    return replace(catalog, hash=f"{catalog.hash} without {tool}", tools=tools, tool_names=names)


def share(ground: Ground, category: str | None = None) -> Fraction | None:
    products = ground.products
    measured = ground.measured | ground.marked.used | ground.marked.unused
    entitlement = everything(measured) if products is None else entitle(ground.catalog, products)
    earning, counting = split(entitlement, measured, ground.used | ground.marked.used)
    points = [
        (tool.points, counting >> i & 1, earning >> i & 1)
        for i, tool in enumerate(ground.catalog.tools)
        if category in {None, tool.category}
    ]
    possible = sum(n * counts for n, counts, _ in points)
    return Fraction(sum(n * earns for n, _, earns in points), possible) if possible else None


FEWER_POINTS = edited(SHIPPED, "forms", points=1)
HARDER = edited(SHIPPED, "forms", at_least=50)
KNOWN_CAUSES: list[tuple[str, Ground, Cause, list[str]]] = [
    ("a tool fell out of use", ACME._replace(used=USED & ~SHIPPED.bits(["forms"])), Cause.USAGE, ["forms"]),
    ("a tool came into use", ACME._replace(used=USED | SHIPPED.bits(["segments"])), Cause.USAGE, ["segments"]),
    ("a product was given up", ACME._replace(products=(CRM, MARKETING)), Cause.SUBSCRIPTION, ["deals"]),
    (
        "an edition grew out of its grace",
        ACME._replace(products=(CRM, MARKETING, Owned("service", STARTER, STARTER))),
        Cause.SUBSCRIPTION,
        ["tickets"],
    ),
    ("a tool is worth less", ACME._replace(catalog=FEWER_POINTS), Cause.CATALOG, ["forms"]),
    (
        "a tool must be used more often",
        ACME._replace(catalog=HARDER, used=USED & ~SHIPPED.bits(["forms"])),
        Cause.CATALOG,
        ["forms"],
    ),
    (
        "a tool is no longer measured",
        ACME._replace(measured=EVERY_TOOL & ~SHIPPED.bits(["forms"])),
        Cause.REACH,
        ["forms"],
    ),
    ("a tool was marked as used", ACME._replace(marked=Marked(used=SHIPPED.bits(["ads"]))), Cause.USAGE, ["ads"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("after", "cause", "tools"), [row[1:] for row in KNOWN_CAUSES], ids=[r[0] for r in KNOWN_CAUSES]
)
def test_a_known_cause_is_named_and_no_other(after: Ground, cause: Cause, tools: list[str]) -> None:
    parts = explain(ACME, after)
    assert {part.cause for part in parts} == {cause}
    assert set(tools) <= {part.tool for part in parts}


FORMS = SHIPPED.bits(["forms"])
BLIND = ACME._replace(measured=EVERY_TOOL & ~FORMS, used=USED & ~FORMS)  # nobody measures forms
IDLE = ACME._replace(used=USED & ~FORMS)  # measured, and not used
SAYS_USED, SAYS_UNUSED = Marked(used=FORMS), Marked(unused=FORMS)
SAID: dict[str, tuple[Ground, Ground, bool, Said | None]] = {
    "marked as used, measured by nobody": (BLIND, BLIND._replace(marked=SAYS_USED), True, Said.USED),
    "marked as used, not used by data": (IDLE, IDLE._replace(marked=SAYS_USED), True, Said.USED),
    "marked as not used, measured by nobody": (BLIND, BLIND._replace(marked=SAYS_UNUSED), False, Said.UNUSED),
    "marked otherwise": (BLIND._replace(marked=SAYS_USED), BLIND._replace(marked=SAYS_UNUSED), False, Said.UNUSED),
    "a mark of use faded": (BLIND._replace(marked=SAYS_USED), BLIND, False, Said.GONE),
    "a mark of no use faded": (BLIND._replace(marked=SAYS_UNUSED), BLIND, True, Said.GONE),
    "used by data, whoever said so too": (IDLE, ACME._replace(marked=SAYS_USED), True, None),
    "used by data, whoever says otherwise": (IDLE._replace(marked=SAYS_UNUSED), ACME, True, None),
    "no longer used, and marked so already": (ACME._replace(marked=SAYS_UNUSED), IDLE._replace(marked=SAYS_UNUSED),
                                              False, None),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "rises", "said"), SAID.values(), ids=SAID)
def test_what_people_say_moves_a_score_as_use_does_and_is_told_from_it(
    before: Ground, after: Ground, rises: bool, said: Said | None
) -> None:
    parts = explain(before, after)
    assert {part.cause for part in parts} == {Cause.USAGE}
    assert {part.said for part in parts if part.tool == "forms"} == {said}
    assert (change(parts) > 0) is rises
    assert own_change(before, after) == change(parts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(BLIND._replace(marked=SAYS_USED), ACME, id="data says the same now"),
        pytest.param(BLIND._replace(marked=SAYS_USED), ACME._replace(marked=SAYS_USED), id="data says so, too"),
        pytest.param(ACME._replace(marked=SAYS_USED), IDLE._replace(marked=SAYS_USED), id="data no longer says so"),
        pytest.param(BLIND._replace(marked=SAYS_UNUSED), IDLE._replace(marked=SAYS_UNUSED), id="data measures it"),
    ],
)
def test_what_data_and_people_say_alike_moves_nothing(before: Ground, after: Ground) -> None:
    assert change(explain(before, after)) == 0


def test_a_tool_that_leaves_the_catalog_moves_with_the_catalog() -> None:
    newer = without(SHIPPED, "forms")
    used = newer.bits(["contacts", "marketing_email", "deals", "workflows"])
    after = Ground(newer, ACME.products, (1 << len(newer.tools)) - 1, used)
    assert {(part.cause, part.tool) for part in explain(ACME, after)} == {(Cause.CATALOG, "forms")}


def test_each_of_two_causes_has_its_own_part() -> None:
    after = ACME._replace(products=(CRM, MARKETING), used=USED & ~SHIPPED.bits(["forms"]))
    parts = explain(ACME, after)
    assert {part.cause for part in parts} == {Cause.SUBSCRIPTION, Cause.USAGE}
    assert [part.tool for part in parts if part.cause is Cause.USAGE] == ["forms"]


def test_editions_that_another_catalog_orders_anew_are_known_by_their_names() -> None:
    marketing = SHIPPED.products["marketing"]
    products = {**SHIPPED.products, "marketing": replace(marketing, editions=("trial", *marketing.editions))}
    grants = {
        tool.key: {
            part: tuple(g if g.product != "marketing" else replace(g, rank=g.rank + 1) for g in getattr(tool, part))
            for part in ("included", "expected")
        }
        for tool in SHIPPED.tools
    }
    tools = tuple(replace(tool, **grants[tool.key]) for tool in SHIPPED.tools)  # type: ignore[arg-type]
    newer = replace(SHIPPED, hash="reordered", products=products, tools=tools)
    after = ACME._replace(catalog=newer, products=(CRM, Owned("marketing", 3, 3), SALES))
    assert explain(ACME, after) == ()


def test_neither_another_formula_nor_other_data_is_a_client_s_own_doing() -> None:
    other = Ground(FEWER_POINTS, ACME.products, EVERY_TOOL & ~SHIPPED.bits(["segments"]), ACME.used)
    assert own_change(ACME, other) == 0 != change(explain(ACME, other))
    fewer = other._replace(used=other.used & ~SHIPPED.bits(["deals"]))
    assert own_change(ACME, fewer) == change(p for p in explain(ACME, fewer) if p.tool == "deals") < 0


def test_the_cause_that_makes_a_share_again_moves_what_was_without_one_in_between() -> None:
    emails, deals = SHIPPED.bits(["marketing_email", "forms"]), SHIPPED.bits(["deals"])
    before, after = Ground(SHIPPED, (MARKETING,), emails, emails), Ground(SHIPPED, (SALES,), deals, 0)
    parts = explain(before, after)
    assert {part.cause for part in parts} == {Cause.REACH}
    assert change(parts) == -1


@pytest.mark.parametrize("unknown", [ACME._replace(measured=0), ACME._replace(products=())])
def test_of_no_score_there_is_no_change(unknown: Ground) -> None:
    assert explain(unknown, ACME) == explain(ACME, unknown) == ()


# Any history.

CATALOGS = [SHIPPED, FEWER_POINTS, HARDER, without(SHIPPED, "forms"), without(HARDER, "deals")]
owned = st.builds(
    lambda ranks: tuple(Owned(product, rank, min(rank, settled)) for product, (rank, settled) in sorted(ranks.items())),
    st.dictionaries(
        st.sampled_from(["crm", "marketing", "sales", "service", "content"]),
        st.tuples(st.integers(0, 2), st.integers(-1, 2)),
        max_size=4,
    ),
)
tools = st.integers(0, EVERY_TOOL)
marked = st.sampled_from([Marked(), Marked()]) | st.builds(
    lambda said, used: Marked(said & used, said & ~used), tools, tools
)
grounds = st.builds(Ground, st.sampled_from(CATALOGS), st.one_of(st.none(), owned), tools, tools, marked).map(
    lambda one: one._replace(
        measured=_within(one, one.measured),
        used=_within(one, one.used),
        marked=Marked(*(_within(one, said) for said in one.marked)),
    )
)


def _within(one: Ground, tools: int) -> int:
    return tools & ((1 << len(one.catalog.tools)) - 1)


@given(grounds, grounds, st.sampled_from([None, *SHIPPED.categories]))
def test_the_parts_add_up_to_the_change_exactly(before: Ground, after: Ground, category: str | None) -> None:
    old, new = share(before, category), share(after, category)
    parts = explain(before, after, category)
    if old is None or new is None:
        assert parts == ()
    else:
        assert change(parts) == sum(part.share for part in parts) == new - old


@given(grounds, grounds, st.sampled_from([None, *SHIPPED.categories]))
def test_a_catalog_that_is_read_again_explains_the_same(before: Ground, after: Ground, category: str | None) -> None:
    """One and the same catalog is compared in a shorter way."""
    again = before._replace(catalog=replace(before.catalog))
    assert explain(again, after, category) == explain(before, after, category)


@given(grounds, grounds)
def test_the_tenths_shown_add_up_to_the_change_shown_and_are_less_than_a_tenth_off(
    before: Ground, after: Ground
) -> None:
    parts = explain(before, after)
    shown = in_tenths(parts)
    assert sum(one.tenths for one in shown) == tenths(change(parts))
    exact = {(part.cause, part.tool): part.share * 100 for part in parts}
    assert all(abs(one.tenths - exact[one.cause, one.tool]) < 1 for one in shown)


@given(grounds, grounds)
def test_what_moved_a_category_is_of_its_own_tools(before: Ground, after: Ground) -> None:
    moved = own_changes(before, after)
    assert {key for key in SHIPPED.categories if own_change(before, after, key)} == moved.keys()
    of = {tool.key: tool.category for one in (before, after) for tool in one.catalog.tools}
    for key in SHIPPED.categories:
        assert {of[part.tool] for part in explain(before, after, key)} <= {key}


@given(grounds)
def test_nothing_changed_has_no_parts(ground: Ground) -> None:
    assert explain(ground, ground) == ()


@pytest.mark.parametrize(
    ("share_moved", "shown"),
    [("0", 0), ("0.0049", 0), ("-0.0049", 0), ("0.005", 1), ("-0.005", -1), ("0.21", 21), ("-0.214", -21)],
)
def test_less_than_half_a_tenth_of_a_point_is_no_change(share_moved: str, shown: int) -> None:
    assert tenths(Fraction(share_moved)) == shown


def test_what_is_lost_by_rounding_goes_to_the_largest_remainder() -> None:
    parts = [Part(Cause.USAGE, tool, moved, 1_000) for tool, moved in [("a", 14), ("b", 16), ("c", 1)]]
    assert [(one.tool, one.tenths) for one in in_tenths(parts)] == [("b", 2), ("a", 1)]
