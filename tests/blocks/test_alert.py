"""An alert in its channel and what its thread says, at their limits, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks import alert as show
from bot.blocks.kit import Message
from bot.domain.alerts import End, Episode
from bot.domain.catalog import Tier
from bot.domain.digest_news import Rule
from bot.playground.validation import check_blocks
from tests.blocks.conftest import Golden
from tests.blocks.test_digest import CLIENTS, DAY, DEALS, NAMED, NORDIC, WORDS
from tests.domain.catalogs import SHIPPED

ACME = replace(CLIENTS[1], mrr=1090.0, currency="EUR")
FALL = Episode(NAMED[0], DAY, DAY, 4)
RISEN = replace(FALL, named=NAMED[0]._replace(score=6, share=0.6, moved=0.0))
LATER = DAY + timedelta(3)


def drawn(episode: Episode, *, is_there: bool = True) -> Message:
    return show.message(SHIPPED, NORDIC, episode, ACME if is_there else None, LATER, WORDS)


def test_it_says_what_became_of_the_client_and_who_acts(golden: Golden) -> None:
    made = drawn(FALL)
    golden("alert", made)
    assert made["text"][:90].startswith("Acme &lt;AS&gt; 6 → 4 · Medium · Anna. No marketing email since 20 Aug.")
    golden("alert_risen", drawn(RISEN))


@pytest.mark.parametrize("end", list(End))
def test_it_is_closed_and_says_why(golden: Golden, end: End) -> None:
    over = replace(RISEN if end is End.UP else FALL, end=end, ended_on=LATER)
    golden(f"alert_{end}", drawn(over))
    golden(f"alert_{end}_news", show.ended(SHIPPED, over, end, ACME, LATER, WORDS))


def test_a_client_that_is_gone_is_not_named(golden: Golden) -> None:
    over = replace(FALL, end=End.GONE, ended_on=LATER)
    for made in (drawn(FALL, is_there=False), drawn(over), show.ended(SHIPPED, over, End.GONE, None, LATER, WORDS)):
        assert "Acme" not in str(made)


@pytest.mark.parametrize("rule", list(show.NEWS))
def test_its_thread_says_what_is_new(golden: Golden, rule: Rule) -> None:
    named = {Rule.LOW: NAMED[0]._replace(rule=Rule.LOW, before=4, score=2, part=DEALS), Rule.FELL: NAMED[0]}
    named |= {Rule.QUIET: NAMED[2], Rule.RENEWAL: NAMED[4], Rule.MOVED: NAMED[5]}
    golden(f"alert_news_{rule}", show.news(SHIPPED, named[rule], ACME, DAY, WORDS))


def test_its_thread_says_who_acts(golden: Golden) -> None:
    golden("alert_news_taken", show.taken(CLIENTS[2], WORDS))


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_the_longest_names_keep_slacks_limits(letter: str) -> None:
    name = letter * 255
    client = replace(ACME, name=name, csm=name, taker=name, tier=Tier.LOW)
    digest, over = replace(NORDIC, name=letter * 80, id=2**62), replace(FALL, end=End.UP, ended_on=LATER)
    made = [show.message(SHIPPED, digest, one, client, LATER, WORDS) for one in (FALL, over)]
    made += [show.taken(client, WORDS), show.ended(SHIPPED, over, End.UP, client, LATER, WORDS)]
    made += [show.news(SHIPPED, one, client, DAY, WORDS) for one in NAMED if one.rule in show.NEWS]
    for message in made:
        check_blocks(message["blocks"], "message")
        assert len(message["text"]) <= 1_000
