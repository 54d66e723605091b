"""The card: its words and its length in every state, and nothing a name can do to it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.blocks import details, engagement, no_card, share, usage
from bot.blocks.words import speak
from bot.domain.attention import Named
from bot.domain.audience import Audience, Channel
from bot.domain.claims import Claim
from bot.domain.clients import Client
from bot.domain.digest_news import Rule
from bot.domain.engagement import assess
from bot.domain.freshness import EVERY, Reach
from bot.domain.marks import UNMARKED, Mark, sets
from bot.domain.scoring import Use
from bot.domain.snoozes import Snooze
from bot.domain.subscriptions import Owned, Subscription
from bot.playground.validation import block_problems, view_problems
from tests.base import CATALOG, TODAY, client, ground, judged, place, with_facts
from tests.blocks.conftest import Golden

WORDS = speak()
RECENT = date(2026, 11, 3)
BASE = client(
    {
        "forms": Use(61, date(2026, 10, 19)),
        "landing_pages": Use(2, RECENT),
        "deals": Use(40, RECENT),
        "templates": Use(5, RECENT),
        "marketing_email": Use(0, date(2026, 8, 20)),
        "workflows": Use(0, date(2026, 8, 22)),
        "integrations": Use(3, RECENT),
        "contacts": Use(90, RECENT),
        "activities": Use(30, RECENT),
    },
)
ACME = replace(BASE, before=ground(BASE, gained=["templates"], lost=["marketing_email", "workflows", "social"]))
OLDER = replace(
    CATALOG, hash="older", tools=tuple(replace(one, points=1) if one.key == "forms" else one for one in CATALOG.tools)
)
MARKETING = CATALOG.bits(tool.key for tool in CATALOG.tools if tool.category == "marketing")
STAYED_BEHIND = (Reach(MARKETING, RECENT), Reach(EVERY & ~MARKETING, TODAY))
LOW = client(last_used_on=date(2026, 6, 1), before=ground(client()))
BO = Claim(2, "Bo <Berg>", 1, datetime(2026, 11, 16, 9, tzinfo=UTC))
STATES = {
    "fell": ACME,
    "no_change": replace(ACME, before=ground(BASE)),
    "rose_linked": replace(
        ACME, before=ground(BASE, gained=["deals", "forms", "contacts"]), url="https://crm.example/record/7"
    ),
    "moved_within_a_point": replace(ACME, before=ground(BASE, gained=["templates"])),
    "moved_in_many_parts": replace(
        ACME,
        before=ground(
            BASE, gained=["templates", "deals"], lost=["marketing_email", "workflows", "social", "segments", "ads"]
        ),
    ),
    "subscription_changed": replace(ACME, before=ground(BASE)._replace(products=(Owned("marketing", 1, 1),))),
    "newly_measured": replace(
        ACME, before=ground(BASE)._replace(measured=CATALOG.bits(["forms", "contacts", "deals"]))
    ),
    "another_tool_list": replace(ACME, before=ground(BASE)._replace(catalog=OLDER)),
    "first_score": replace(ACME, before=None),
    "late": replace(ACME, as_of=TODAY - timedelta(days=12)),
    "late_category": replace(ACME, before=ground(BASE, gained=["templates"]), reaches=STAYED_BEHIND),
    "late_and_a_category_more_so": replace(
        ACME, as_of=TODAY - timedelta(9), reaches=(STAYED_BEHIND[0], Reach(EVERY & ~MARKETING, TODAY - timedelta(9)))
    ),
    "idle": LOW,
    "onboarding": with_facts(ACME, subscriptions=[Subscription("Marketing Hub", "Starter", TODAY - timedelta(33))]),
    "no_data": with_facts(client(), covered=False),
    "nothing_loaded": replace(with_facts(client(), covered=False), as_of=None),
    "no_subscription": with_facts(client(), subscriptions=[]),
    "nothing_measured": with_facts(client(), measured=0),
    "former": replace(
        with_facts(client(), subscriptions=[Subscription("Sales Hub", "Starter", None, date(2026, 8, 31))]),
        last_score=2,
    ),
    "without_subscriptions": with_facts(ACME, subscribing=False, subscriptions=[]),
    "bare": replace(client(), mrr=None, csm_name=None, csm_slack_id=None, renews_on=None, domain=None),
    "taken": replace(LOW, claim=BO),
    "taken_and_to_be_given_back": replace(LOW, claim=replace(BO, may_end=True)),
    "snoozed": replace(
        LOW,
        claim=BO,
        snooze=Snooze(2, "Bo *Berg*", TODAY + timedelta(days=14), "They <move> house", TODAY),
        named=Named(TODAY - timedelta(days=4), Rule.LOW, datetime(2026, 11, 17, 9, tzinfo=UTC), useless=2),
    ),
    "no_longer_snoozed": replace(
        LOW,
        snooze=Snooze(2, "Bo", TODAY, "They move house", TODAY - timedelta(days=14)),
        named=Named(TODAY - timedelta(days=15), Rule.LOW),
    ),
    "renews_today": replace(ACME, renews_on=TODAY),
    "renewal_passed": replace(ACME, renews_on=TODAY - timedelta(days=3)),
}


@pytest.mark.parametrize("state", STATES)
def test_a_card_says_this_word_for_word(state: str, golden: Golden) -> None:
    golden(f"card_{state}", engagement.card(CATALOG, judged(STATES[state]), WORDS))


@pytest.mark.parametrize("state", STATES)
def test_a_card_fits_a_phone(state: str) -> None:
    blocks = engagement.card(CATALOG, judged(STATES[state]), WORDS)["blocks"]
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert sum(text.count("\n") + 1 for text in texts) <= 20


def test_the_first_90_characters_of_the_text_carry_the_news() -> None:
    text = engagement.card(CATALOG, judged(ACME), WORDS)["text"]
    assert text.startswith(
        "Acme AS: 4 of 10, Medium, down 2 in 7 days. −0.8 Marketing email: none since 20 Aug. Renews"
    )
    assert len(text.split(" Renews")[0]) <= 90


def test_the_text_beside_the_blocks_says_why_what_goes_quiet_and_what_is_held_back() -> None:
    quiet = engagement.card(CATALOG, judged(replace(ACME, quiet=("forms",))), WORDS)["text"]
    assert "Going quiet: Forms, last used " in quiet
    begun = judged(STATES["onboarding"])
    assert "Held back: 1 offer, until onboarding is over." in engagement.card(CATALOG, begun, WORDS)["text"]
    assert "Held back" not in engagement.shared(CATALOG, begun, WORDS, "U1SHARER")["text"]
    moved = engagement.card(CATALOG, judged(ACME), WORDS)["text"]
    assert all(part in moved for part in ("−0.8 Workflows: none since 22 Aug.", "+0.3 Email templates: in use now."))


@pytest.mark.parametrize("state", STATES)
def test_the_text_beside_the_blocks_says_what_they_say(state: str) -> None:
    one = judged(STATES[state])
    text = engagement.card(CATALOG, one, WORDS)["text"]
    for category, area in one.areas.items():
        shown = one.verdict.score is not None and area.possible > 0
        name = category.name.replace("&", "&amp;")
        told = f"{name} {area.earned} of {area.possible}"
        if category.key in one.late:
            told += ", data to 3 Nov"
        assert (f"{told}." in text) is shown


HOSTILE = [
    "<!channel> <@U1> <#C1> <https://evil.example|click>",
    "*bold* _it_ ~no~ `code`",
    "Æ" * 255,
    "مؤسسة الاختبار",
    "😀" * 200,
    'O\'Neil & "Sons" <Ltd>',
    "a\nb\tc",
    "{0} {name} %s",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_can_neither_ping_nor_link_nor_break_the_card(name: str) -> None:
    one = judged(replace(ACME, name=name, csm_name=name))
    for message in (
        engagement.card(CATALOG, one, WORDS),
        engagement.shared(CATALOG, one, WORDS, "U1SHARER"),
        no_card.several(name, [(1, name, None), (2, name, name)], WORDS),
        no_card.nobody(name, [(1, name, None)], WORDS),
    ):
        assert not block_problems(message["blocks"], "message")
        for text in (message["text"], *_texts(message["blocks"])):
            assert "<!" not in text
            assert "<#" not in text
            assert "<http" not in text
            assert "<@U1>" not in text


def _texts(blocks: list[dict[str, dict[str, str]]]) -> list[str]:
    return [block["text"]["text"] for block in blocks if block.get("type") == "section"]  # type: ignore[comparison-overlap]


def test_a_link_to_the_crm_needs_a_web_address() -> None:
    card = engagement.card(CATALOG, judged(replace(ACME, url="javascript:alert(1)")), WORDS)
    assert "javascript" not in str(card)


@pytest.mark.parametrize("category", CATALOG.categories)
def test_a_category_s_details_say_this_word_for_word(category: str, golden: Golden) -> None:
    golden(f"details_{category}", details.category(CATALOG, judged(ACME), category, WORDS))


DANA = Mark(True, date(2026, 11, 18), "Dana Demo")
SAID = {place("campaigns"): DANA, place("ads"): DANA._replace(is_used=False, person="<!channel> *Bo*")}
BY_PEOPLE = replace(
    with_facts(ACME, measured=ACME.facts.measured & ~CATALOG.bits(["ads", "seo", "blog"]), marked=sets(SAID)),
    marks=SAID,
)


def test_what_people_say_stands_under_their_names_beside_a_menu_to_say_it(golden: Golden) -> None:
    golden("details_marked", details.category(CATALOG, judged(BY_PEOPLE), "marketing", WORDS))


def test_a_menu_says_only_what_would_be_new() -> None:
    blocks = details.category(CATALOG, judged(BY_PEOPLE), "marketing", WORDS)["blocks"]
    menus = {one["block_id"]: _options(one) for one in blocks if "accessory" in one}
    assert menus["tool:marketing_email"] == ["Used"]  # measured, and not used
    assert menus["tool:campaigns"] == ["Used", "Take back"]
    assert menus["tool:ads"] == ["Used", "Not used", "Take back"]
    assert "tool:forms" not in menus  # measured, and used
    assert "tool:attribution" not in menus  # not bought


def _options(block: dict[str, Any]) -> list[str]:
    return [option["text"]["text"] for option in block["accessory"]["options"]]


def test_a_name_of_who_said_something_can_neither_ping_nor_format() -> None:
    view = details.category(CATALOG, judged(BY_PEOPLE), "marketing", WORDS)
    (text,) = [one for one in _texts(view["blocks"]) if one.startswith("*Ads*")]
    assert "Not used, says &lt;!channel&gt; " in text
    assert "<!" not in text
    assert "*Bo*" not in text


def test_somebody_without_a_name_is_somebody() -> None:
    one = replace(BY_PEOPLE, marks={place("campaigns"): DANA._replace(person="")})
    assert "Used, says somebody, 18 Nov" in str(details.category(CATALOG, judged(one), "marketing", WORDS))


def test_a_category_of_many_tools_fits_slack_s_limits() -> None:
    tool = CATALOG.tools[place("ads")]
    many = replace(
        CATALOG,
        hash="many",
        tools=(*CATALOG.tools, *(replace(tool, key=f"{'k' * 200}{n}", name="N" * 300) for n in range(120))),
    )
    view = details.category(many, assess(many, with_facts(client(), measured=0), TODAY), "marketing", WORDS)
    assert not view_problems(view)
    assert len(json.dumps(view)) < 250_000
    assert "… and " in view["blocks"][-3]["text"]["text"]


def test_why_it_moved_says_what_people_said() -> None:
    one = replace(BY_PEOPLE, before=ground(BY_PEOPLE)._replace(marked=UNMARKED))
    text = engagement.card(CATALOG, judged(one), WORDS)["blocks"][1]["text"]["text"]
    assert "Campaigns: marked as used" in text
    assert "Ads: marked as not used" in text
    gone = replace(with_facts(ACME), before=ground(ACME)._replace(marked=sets({place("campaigns"): DANA})))
    assert "Campaigns: no longer marked" in engagement.card(CATALOG, judged(gone), WORDS)["blocks"][1]["text"]["text"]


def test_details_of_a_late_category_say_how_far_it_goes() -> None:
    one, hint = judged(STATES["late_category"]), " · ⋯ marks a tool as used or not used, for 90 days"
    foots = {key: details.category(CATALOG, one, key, WORDS)["blocks"][-1] for key in ("marketing", "sales")}
    said = {key: foot["elements"][0]["text"] for key, foot in foots.items()}
    assert said == {"marketing": f"Data to Tue 3 Nov{hint}", "sales": f"Data to Fri 20 Nov{hint}"}


def test_details_of_a_category_that_is_no_more_show_the_first() -> None:
    view = details.category(CATALOG, judged(ACME), "gone", WORDS)
    assert view["title"]["text"].startswith("Marketing")


@pytest.mark.parametrize("state", ["no_data", "no_subscription", "nothing_measured"])
def test_what_is_missing_says_why_and_what_to_do(state: str, golden: Golden) -> None:
    golden(f"missing_{state}", details.missing(judged(STATES[state]), WORDS))


CHANNEL = Channel("C1", "cs-nordic", is_direct=False, is_member=True, is_archived=False, is_external=False)


@pytest.mark.parametrize("audience", Audience)
def test_the_preview_says_who_would_see_it(audience: Audience, golden: Golden) -> None:
    channel = None if audience is Audience.NOT_IN_CHANNEL else CHANNEL
    view = share.preview(CATALOG, judged(ACME), audience, channel, WORDS, "U0ANNACSM")
    assert not view_problems(view)
    golden(f"share_{audience}", view)


def test_a_shared_card_has_nothing_to_press(golden: Golden) -> None:
    message = engagement.shared(CATALOG, judged(ACME), WORDS, "U0ANNACSM")
    assert not [block for block in message["blocks"] if block["type"] == "actions"]
    golden("shared", message)


def _named(number: int) -> Client:
    return replace(ACME, id=number, name=f"Acme {number}")


def test_answers_without_a_card(golden: Golden) -> None:
    hits = [(one.id, one.name, one.domain) for one in map(_named, range(12))]
    golden("several", no_card.several("acme", hits, WORDS))
    golden("nobody_near", no_card.nobody("acmee", hits[:1], WORDS))
    golden("nobody", no_card.nobody("zzz", [], WORDS))
    golden("nobody_to_see", no_card.nobody("zzz", [], WORDS, ("Dina <b>", "CS Nordic")))
    golden("no_clients", no_card.no_clients("/workspace data", WORDS))
    golden("usage", usage.usage("/engagement", 200, WORDS))


def test_clients_of_the_same_name_are_told_apart_in_a_picker() -> None:
    blocks = no_card.several("acme", [(1, "Acme", "acme.example"), (2, "Acme", None), (3, "Acme AS", None)], WORDS)
    labels = [element["text"]["text"] for element in blocks["blocks"][1]["elements"]]
    assert labels == ["Acme (acme.example)", "Acme (2)", "Acme AS"]
