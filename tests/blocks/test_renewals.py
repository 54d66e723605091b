"""What `/renewals` says, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.blocks import engagement as cards
from bot.blocks import renewal_months, renewal_outcome, renewals
from bot.blocks.forms import FormState
from bot.blocks.states import ListState
from bot.blocks.undated import Chooser
from bot.blocks.words import speak
from bot.domain.catalog import Tier
from bot.domain.filters import Filter, Renews
from bot.domain.listing import Listing, Scope, Whose
from bot.domain.renewals import Base, Dated, Due, Month, Outcome, Payers, Renewals, Said
from bot.domain.workspaces import EVERYTHING
from tests.base import CATALOG, TODAY, client, judged
from tests.blocks.conftest import Golden
from tests.bots import texts

WORDS = speak("en-US")
OWNER = 7
CHOOSER = Chooser(7)
TEAM = Scope(Whose.TEAM, team_id=1, name="CS Nordic")
LISTING = Listing(1, 1, TEAM, Filter(renews=Renews(0, 90)), TODAY, TODAY, 1)
BASE = Base(50, 6, {"EUR": Payers(40, 20_000.0)})
SAID = Said(Outcome.LEAVING, TODAY + timedelta(days=9), "Too *dear*", "Bo", datetime(2026, 11, 20, 9, tzinfo=UTC), 2)


def due(number: int, days: int, **changes: Any) -> Due:
    made = Due(
        number, f"Client {number} AS", TODAY + timedelta(days=days), Tier.LOW, 3, 0.3, None, 2_400.0, "EUR", "Anna"
    )
    return replace(made, **changes)


def page(
    found: Renewals,
    listing: Listing = LISTING,
    before: int = 0,
    window: str = "90d",
    chooser: Chooser = CHOOSER,
    **more: Any,
) -> Any:
    state = ListState(window, OWNER, before=before)
    return renewals.page(
        listing, found, state, window, chooser, WORDS, scopes=(Whose.MINE, Whose.TEAM, Whose.ALL), **more
    )


def test_a_page(golden: Golden) -> None:
    ahead = [
        due(1, 47, client="Umbrella <Hage>", cancels_on=TODAY + timedelta(days=47), change=-0.21),
        due(2, 0, left=SAID._replace(person=""), logged_on=TODAY - timedelta(days=38), mrr=None),
        due(3, 1, tier=Tier.ONBOARDING, score=1, touched_on=TODAY - timedelta(days=20), mrr=10.0),
        due(4, 60, tier=Tier.UNKNOWN, score=None, logged_on=TODAY, csm=None),
    ]
    passed = [due(10 + number, -number, logged_on=TODAY - timedelta(days=1)) for number in range(1, 5)]
    dates = {
        3: [Dated("Marketing Hub", TODAY + timedelta(days=1)), Dated("Care", TODAY + timedelta(days=300), ends=True)]
    }
    golden("renewals", page(Renewals(BASE, ahead, passed), dates=dates, said=("5 Acme & Co", SAID)))


def test_a_further_page_says_which_it_has_and_repeats_nothing_that_stands_apart() -> None:
    found = Renewals(BASE, [due(number, number) for number in range(1, 26)], [due(90, -3)], has_more=True)
    message = page(found, before=20)
    said = texts(message["blocks"])
    assert "*more than 25 renewals in 90 days*" in said
    assert "21 to 25 · those that renew first" in said
    assert "Passed" not in message["text"]
    assert [one["text"]["text"] for one in message["blocks"][-3]["elements"]] == ["◀ Back"]


def test_where_none_renews_it_says_so_and_whose_are_looked_at() -> None:
    message = page(Renewals(Base(4, 3), []))
    assert message["text"].startswith("No renewal in 90 days, clients of CS Nordic. 3 clients without a renewal date.")


@pytest.mark.parametrize(
    ("chooser", "says", "button"),
    [
        (Chooser(7), "your CS workspace has not chosen the property.", ""),
        (Chooser(7, may=True, admin="Dina"), "your CS workspace has not chosen the property.", "edit_workspace:7"),
        (Chooser(7, admin="Dina"), "your CS workspace has not chosen the property. Ask Dina.", ""),
        (Chooser(7, is_chosen=True, may=True), "has one in the property that was chosen.", "edit_workspace:7"),
        (Chooser(EVERYTHING, may=True), "has one in the property that was chosen.", "show_workspaces"),
    ],
)
def test_where_no_client_has_a_day_it_says_why_and_who_can_change_that(
    chooser: Chooser, says: str, button: str
) -> None:
    message = page(Renewals(Base(3, 3), []), chooser=chooser)
    assert f"No renewal dates: {'none of these clients ' if 'that was' in says else ''}{says}" in message["text"]
    ways = [each["action_id"] for one in message["blocks"] for each in one.get("elements", []) if "action_id" in each]
    assert [one for one in ways if "workspace" in one] == [button] * bool(button)


def test_portions_are_of_what_is_compared() -> None:
    both = replace(BASE, payers={**BASE.payers, "NOK": Payers(1, 5_000.0)})
    for listing, base, says in (
        (LISTING, BASE, "€2,400/month · 12 % of the team's MRR"),
        (replace(LISTING, scope=Scope(Whose.MINE)), BASE, "€2,400/month · 12 % of your MRR"),
        (replace(LISTING, scope=Scope(Whose.ALL)), BASE, "€2,400/month · 12 % of MRR"),
        (LISTING, both, "€2,400/month · 12 % of MRR in EUR"),
    ):
        assert f"{says}\n" in texts(page(Renewals(base, [due(1, 5)]), listing)["blocks"])


def test_a_long_filter_leaves_each_line_its_menu() -> None:
    listing = replace(LISTING, wanted=replace(LISTING.wanted, client="w" * 100, team="t" * 200))
    state = ListState("90d " + "w" * 300, OWNER)
    found = renewals.page(listing, Renewals(BASE, [due(1, 5)]), state, "90d", CHOOSER, WORDS)
    assert [one["accessory"]["type"] for one in found["blocks"] if "accessory" in one] == ["overflow"]


def test_the_chart(golden: Golden) -> None:
    firsts = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    found = [Month(firsts[0], 2, {"EUR": 100.0, "NOK": 9.0}), Month(firsts[1]), Month(firsts[2], 1)]
    golden("renewals_chart", renewal_months.chart(LISTING, found, "90d team:mine", WORDS))


def test_the_form_of_an_outcome(golden: Golden) -> None:
    state = FormState("https://hooks.example/1", 5, "1 2026-12-01 ")
    golden("renewal_outcome", renewal_outcome.form("Acme <AS>", date(2026, 12, 1), TODAY, state, WORDS))


def test_the_card_says_what_became_of_its_renewal() -> None:
    card = cards.card(CATALOG, judged(client(outcome=SAID)), WORDS)
    line = next(one for one in card["blocks"] if "Renewal:" in one.get("text", {}).get("text", ""))
    assert "Leaving (Too" in line["text"]["text"]
    assert line["accessory"]["value"] == "7 2026-11-29 2"
    assert "Renewal: Leaving" in card["text"]


def test_help(golden: Golden) -> None:
    golden("renewals_help", renewal_months.usage("/renewals", WORDS))
