"""A digest in its channel, at its limits, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.blocks import digest as show
from bot.blocks import digest_answers as answers
from bot.blocks import digest_lines
from bot.blocks.words import speak
from bot.domain import digest_told
from bot.domain.catalog import Tier
from bot.domain.digest_news import Named, Rule
from bot.domain.digest_told import Client, Held, Still, Told, of_all
from bot.domain.digests import MOST_LINES, Content, Digest, Thresholds
from bot.domain.moves import Cause, Part, Said
from bot.domain.recoveries import Task
from bot.playground.validation import check_blocks
from tests.blocks.conftest import Golden
from tests.domain.catalogs import SHIPPED

WORDS = speak()
DAY, JAN = date(2026, 11, 23), date(2027, 1, 6)
NORDIC = Digest(1, 7, 1, "CS Nordic", Content.BOTH, "Europe/Oslo", 1, next_at=datetime(2026, 11, 24, 8, tzinfo=UTC))
EMAIL, DEALS = Part(Cause.USAGE, "marketing_email", -2, 10), Part(Cause.USAGE, "deals", -1, 10)
LAST = {"marketingemail": (date(2026, 3, 2), date(2026, 8, 20)), "deals": (DAY, DAY)}
# Workflows were used, and then not, until a task; and are again:
USED = {"workflows": (date(2026, 5, 4), date(2026, 11, 22))}
SCORES, HELPED = ((date(2026, 10, 5), 3), (date(2026, 11, 20), 5)), Task("data", (date(2026, 11, 9),))
NAMED = [
    Named(1, Rule.FELL, 6, 4, 0.4, -0.2, EMAIL, renews_on=JAN),
    Named(2, Rule.LOW, 4, 3, 0.3, -0.1, DEALS),
    Named(3, Rule.QUIET, score=5, tools=("forms", "workflows", "landing_pages")),
    Named(4, Rule.RECOVERED, 3, 5, 0.5, 0.2, Part(Cause.USAGE, "workflows", 2, 10)),
    Named(5, Rule.RENEWAL, score=3, renews_on=DAY + timedelta(60)),
    Named(6, Rule.MOVED, score=8, renews_on=date(2027, 2, 1), renewed_on=date(2027, 3, 1)),
]
CLIENTS = {
    1: Client("Acme <AS>", Tier.MEDIUM, "Anna", used_on=LAST),
    2: Client("Globex Oy", Tier.LOW, "Anna", taker="Anna", taken_at=datetime(2026, 11, 23, 9, 14, tzinfo=UTC)),
    3: Client("Initech AB", Tier.MEDIUM, None, snoozed_to=date(2026, 12, 3), snoozer="Bo"),
    4: Client("Tyrell Oy", Tier.MEDIUM, "Cleo", cover="Anna", used_on=USED, scores=SCORES, tasks=(HELPED,)),
    5: Client("Umbrella Hage AS", Tier.LOW, "Anna", mrr=2400.0, currency="EUR", logged_on=DAY - timedelta(38)),
    6: Client("Hooli *Nord* AB", Tier.HIGH, "Anna"),
}
TOLD = of_all(Told(DAY, date(2026, 11, 22), 'team:"CS Nordic"', unjudged=3, still=Still(33, 7, 4)), NAMED)
TIERS = {Tier.HIGH: 48, Tier.MEDIUM: 61, Tier.LOW: 33, Tier.ONBOARDING: 5, Tier.UNKNOWN: 3}


def test_a_working_day_with_news(golden: Golden) -> None:
    made = show.message(SHIPPED, NORDIC, TOLD, CLIENTS, WORDS)
    golden("digest", made)
    assert made["text"][:90].startswith(
        "CS Nordic: 2 fell (Acme &lt;AS&gt; 6→4, Globex Oy 4→3), 1 going quiet, 1 recovered"
    )


def test_a_single_fall_and_nothing_else(golden: Golden) -> None:
    golden("digest_small", show.message(SHIPPED, NORDIC, of_all(Told(DAY, DAY, "team:all"), NAMED[:1]), CLIENTS, WORDS))


@pytest.mark.parametrize(
    ("part", "last", "says"),
    [
        (EMAIL, date(2026, 8, 20), "No marketing email since 20 Aug. Renews in 44 days"),
        (EMAIL, date(2025, 12, 20), "No marketing email since 20 Dec 2025. Renews in 44 days"),
        (EMAIL, DAY, "No marketing email. Renews in 44 days"),  # once more, by the day on which it is drawn again
        (EMAIL, None, "No marketing email. Renews in 44 days"),
        (EMAIL._replace(moved=2), date(2026, 8, 20), "Marketing email now. Renews in 44 days"),
        (EMAIL._replace(said=Said.UNUSED), date(2026, 8, 20), "Marketing email: marked as not used. Renews in 44 days"),
    ],
)
def test_a_reason_says_since_when(part: Part, last: date | None, says: str) -> None:
    client = Client(
        "Acme", Tier.MEDIUM, used_on={} if last is None else {"marketingemail": (last, last), "deals": (DAY, DAY)}
    )
    assert digest_lines.in_two(SHIPPED, TOLD, NAMED[0]._replace(part=part), client, WORDS)[1] == says


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "Workflows on again, after the task of 9 Nov"),
        ({"tasks": ()}, "Workflows on again"),
        ({"tasks": (HELPED._replace(category="sales"),)}, "Workflows on again"),
        ({"used_on": {"workflows": (date(2026, 11, 19), DAY)}}, "Workflows now, after the task of 9 Nov"),
        ({"used_on": {}, "tasks": ()}, "Workflows now"),  # none is known
        ({"scores": ()}, "Workflows now"),  # nor when it fell
    ],
)
def test_a_recovery_says_what_helped(changes: dict[str, Any], says: str) -> None:
    client = replace(CLIENTS[4], **changes)
    assert digest_lines.in_two(SHIPPED, TOLD, NAMED[3], client, WORDS)[1] == says


def test_what_was_low_to_a_digest_decides_when_a_client_fell() -> None:
    client = replace(CLIENTS[4], scores=((date(2026, 10, 5), 5), (date(2026, 11, 12), 3), (date(2026, 11, 20), 6)))
    assert digest_lines.in_two(SHIPPED, TOLD, NAMED[3], client, WORDS)[1] == "Workflows on again"
    told = replace(TOLD, low=5)
    assert (
        digest_lines.in_two(SHIPPED, told, NAMED[3], client, WORDS)[1] == "Workflows on again, after the task of 9 Nov"
    )
    assert digest_told.read(digest_told.write(told)) == told


def test_what_became_of_a_line_stands_in_it() -> None:
    client = Client("Acme", Tier.LOW, leads_on=date(2026, 11, 24), useless=2)
    said = digest_lines.in_two(SHIPPED, TOLD, NAMED[1], client, WORDS)
    assert said == ["*Acme* 4 → 3 · now Low · nobody's", "No deals. Leads told Tue 24 Nov. Not useful to 2"]
    taken = replace(client, taker="Anna", taken_at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert digest_lines.in_two(SHIPPED, TOLD, NAMED[1], taken, WORDS)[1] == "No deals. Not useful to 2"


def test_the_first_is_a_picture(golden: Golden) -> None:
    first = Told(DAY, DAY, "team:all", start=TIERS)
    low = [Named(5, Rule.START, score=3, renews_on=DAY + timedelta(60)), Named(2, Rule.START, score=2)]
    golden("digest_first", show.message(SHIPPED, NORDIC, of_all(first, low), CLIENTS, WORDS))
    golden("digest_first_empty", show.message(SHIPPED, NORDIC, replace(first, start={}), {}, WORDS))


def test_of_too_many_nobody_is_named(golden: Golden) -> None:
    held = Held(41, 150, date(2026, 11, 20), is_formula=True)
    told = of_all(Told(DAY, DAY, "team:all", held=held), NAMED[:2])
    golden("digest_held", show.message(SHIPPED, NORDIC, told, {}, WORDS))
    right = replace(told, held=replace(held, go_on=1))
    golden("digest_held_go_on", show.message(SHIPPED, NORDIC, right, {}, WORDS))
    uncounted = Told(DAY, DAY, "team:all", held=Held(5_000, None, date(2026, 11, 20)), shifted=12)
    golden("digest_held_uncounted", show.message(SHIPPED, NORDIC, uncounted, {}, WORDS))


def test_a_client_that_is_gone_is_left_out(golden: Golden) -> None:
    few = {number: one for number, one in CLIENTS.items() if number in {2, 6}}
    golden("digest_gone", show.message(SHIPPED, NORDIC, replace(TOLD, still=None, shifted=12), few, WORDS))


def test_what_it_did_not_name_somebody_reads_as_far_as_they_see_it(golden: Golden) -> None:
    golden("digest_names", answers.names(SHIPPED, NORDIC, TOLD, CLIENTS, 0, "1.2", WORDS))
    golden("digest_names_some", answers.names(SHIPPED, NORDIC, TOLD, {1: CLIENTS[1]}, 0, "1.2", WORDS))
    golden("digest_names_none", answers.names(SHIPPED, NORDIC, TOLD, {}, 0, "1.2", WORDS))


def test_what_it_is(golden: Golden) -> None:
    golden("digest_about", answers.about(NORDIC, "/digest", WORDS))
    other = replace(NORDIC, content=Content.RENEWALS, next_at=None, thresholds=Thresholds(ahead=(14,)))
    golden("digest_about_renewals", answers.about(other, "/digest", WORDS))


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
@pytest.mark.parametrize("rule", list(Rule))
def test_the_most_clients_with_the_longest_names_keep_slacks_limits(letter: str, rule: Rule) -> None:
    name, large = letter * 255, 2**62
    one = Client(name, Tier.LOW, name, cover=name, snoozed_to=JAN, snoozer=name, leads_on=DAY, useless=20, used_on=LAST)
    clients = {large + n: one for n in range(90)}
    named = NAMED[0]._replace(rule=rule, tools=("forms", "workflows"), renews_on=JAN, renewed_on=DAY)
    digest = replace(NORDIC, name=letter * 80, id=large)
    told = of_all(
        replace(TOLD, start=TIERS if rule is Rule.START else None), [named._replace(client_id=n) for n in clients]
    )
    made = show.message(SHIPPED, digest, told, clients, WORDS)
    menus = [block for block in made["blocks"] if block.get("accessory", {}).get("type") == "overflow"]
    assert len(menus) == MOST_LINES
    for message in (made, answers.names(SHIPPED, digest, told, clients, 25, "1795000000.000100", WORDS)):
        check_blocks(message["blocks"], "message")
        assert len(message["text"]) <= 4_000


def test_what_was_told_is_read_as_it_was_written() -> None:
    held = Held(41, 150, DAY, is_formula=True, go_on=3)
    for told in (
        TOLD,
        replace(TOLD, start=TIERS),
        replace(TOLD, start={}),
        replace(TOLD, held=held),
        Told(DAY, None, ""),
    ):
        assert digest_told.read(digest_told.write(told)) == told
