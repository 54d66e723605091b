"""Filters as typed: what is understood, what is a client's name, and what an error says."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.blocks.wording import explain
from bot.domain import names
from bot.domain.catalog import Kind, Tier
from bot.domain.filter_text import LONGEST, is_filter, parse, write
from bot.domain.filter_values import read
from bot.domain.filters import (
    DAYS,
    LENGTHS,
    NO_DATE,
    PASSED,
    Filter,
    FilterError,
    Renews,
    Sort,
)
from bot.domain.key_accounts import Key
from tests.domain.filters import CATEGORIES, FILTERS

LOW, MEDIUM, UNKNOWN = (Tier.LOW,), (Tier.MEDIUM,), (Tier.UNKNOWN,)

UNDERSTOOD = [
    ("", Filter()),
    ("   ", Filter()),
    ("tier:low", Filter(tiers=LOW)),
    ("TIER:Low", Filter(tiers=LOW)),
    ("tier:medium,low", Filter(tiers=LOW + MEDIUM)),
    ("tier:low, medium", Filter(tiers=LOW + MEDIUM)),
    ("tier:low ,medium,", Filter(tiers=LOW + MEDIUM)),
    ("tier:low tier:medium", Filter(tiers=LOW + MEDIUM)),
    ("tier: low", Filter(tiers=LOW)),
    ("tier：low", Filter(tiers=LOW)),
    ("tier:unknown", Filter(tiers=UNKNOWN)),
    ("tier:not known", Filter(tiers=UNKNOWN)),
    ('tier:"not known"', Filter(tiers=UNKNOWN)),
    ("tier:low,not known acme as", Filter(tiers=LOW + UNKNOWN, client="acme as")),
    ("tier:former", Filter(tiers=(Tier.FORMER,))),
    ("score:3", Filter(score=(3, 3))),
    ("score:0-3", Filter(score=(0, 3))),
    ("score:0–3", Filter(score=(0, 3))),
    ("score:0 - 3", Filter(score=(0, 3))),
    ("score:<4", Filter(score=(0, 3))),
    ("score:<=4", Filter(score=(0, 4))),
    ("score:≤4", Filter(score=(0, 4))),
    ("score:>6", Filter(score=(7, 10))),
    ("score:>=7", Filter(score=(7, 10))),
    ("score:≥ 7", Filter(score=(7, 10))),
    ("score:10", Filter(score=(10, 10))),
    ("category:marketing", Filter(category="marketing")),
    ("area:Mark", Filter(category="marketing")),
    ("category:data", Filter(category="data")),
    ("category:Data & Automation tier:low", Filter(category="data", tiers=LOW)),
    ('category:"CRM & Reporting"', Filter(category="crm")),
    ("category:crm acme", Filter(category="crm", client="acme")),
    ("opportunity:cross-sell", Filter(opportunity=Kind.CROSS_SELL)),
    ("opportunity:Cross sell", Filter(opportunity=Kind.CROSS_SELL)),
    ("opportunity:crosssell", Filter(opportunity=Kind.CROSS_SELL)),
    ("opportunity:cross", Filter(opportunity=Kind.CROSS_SELL)),
    ("opportunity:another product", Filter(opportunity=Kind.CROSS_SELL)),
    ("opportunity:paid for, not used acme", Filter(opportunity=Kind.ACTIVATION, client="acme")),
    ("opportunity:Bigger edition or seats", Filter(opportunity=Kind.UPSELL)),
    ("offer:upsell", Filter(opportunity=Kind.UPSELL)),
    ("going:quiet", Filter(quiet=True)),
    ("client:acme", Filter(client="acme")),
    ("client:acme as tier:low", Filter(client="acme as", tiers=LOW)),
    ("acme tier:low as", Filter(client="acme as", tiers=LOW)),
    ("tier:low acme", Filter(client="acme", tiers=LOW)),
    ('tier:low "score:3"', Filter(client="score:3", tiers=LOW)),
    ("tier:low https://www.acme.example/x", Filter(client="https://www.acme.example/x", tiers=LOW)),
    ("tier:low Acme: the company", Filter(client="Acme: the company", tiers=LOW)),
    ("client:a:b", Filter(client="a:b")),
    ('client:"the ""best"" AS"', Filter(client='the "best" AS')),
    ("csm:me", Filter(csm="me")),
    ("owner:Anna@Example.com", Filter(csm="anna@example.com")),
    ("csm:none", Filter(csm="nobody")),
    ('team:"CS Nordic"', Filter(team="CS Nordic")),
    ("team:“CS Nordic”", Filter(team="CS Nordic")),
    ("team:„CS Nordic“", Filter(team="CS Nordic")),
    ("team:”CS Nordic”", Filter(team="CS Nordic")),
    ("team:«CS Nordic»", Filter(team="CS Nordic")),
    ("team:»CS Nordic«", Filter(team="CS Nordic")),
    ('team:“CS Nordic"', Filter(team="CS Nordic")),
    ("team:Mine", Filter(team="mine")),
    ("key:me", Filter(key=Key.ME)),
    ("key:Mine acme", Filter(key=Key.ME, client="acme")),
    ("key:my team", Filter(key=Key.TEAM)),
    ("key:any csm:me", Filter(key=Key.ANY, csm="me")),
    ("renews:60", Filter(renews=Renews(0, 60))),
    ("renewals:60d", Filter(renews=Renews(0, 60))),
    ("renewal:60 days acme", Filter(renews=Renews(0, 60), client="acme")),
    ("renews:30-90", Filter(renews=Renews(30, 90))),
    ("renews:30d–90d", Filter(renews=Renews(30, 90))),
    ("renews:<30", Filter(renews=Renews(0, 29))),
    ("renews:>90", Filter(renews=Renews(91, DAYS[1]))),
    ("renews:passed", Filter(renews=PASSED)),
    ("renews:none", Filter(renews=NO_DATE)),
    ("renews:no date", Filter(renews=NO_DATE)),
    ("sort:drop", Filter(sort=Sort.DROP)),
    ("sort:change", Filter(sort=Sort.DROP)),
    ("sort:-score", Filter(sort=Sort.SCORE, reverse=True)),
    ("sort:–MRR", Filter(sort=Sort.MRR, reverse=True)),
    ("order:renewals", Filter(sort=Sort.RENEWAL)),
    ("view:falling", Filter(view="falling")),
    ("view:falling tier:low", Filter(view="falling", tiers=LOW)),
    ("csm:me csm:ME", Filter(csm="me")),
    ("score:0-3 score:<4", Filter(score=(0, 3))),
]


@pytest.mark.parametrize(("text", "meant"), UNDERSTOOD)
def test_a_filter_is_understood(text: str, meant: Filter) -> None:
    assert parse(text, CATEGORIES) == meant
    assert is_filter(text) == (":" in text or "：" in text)


@pytest.mark.parametrize(
    "text",
    [
        "acme", "acme as", "https://www.acme.example/x", "http://acme.example", "mailto:anna@acme.example",
        "www.acme.example:8080", "Acme: the company", "a:b", "O'Neil: Sons", "Steam: the company", '"tier:low"',
        "“score:3”", "(tier:low)", "sub-tier:low", "12:30", "views://x", ":", "::", "", "Ærø: bygg", "株式会社：トヨタ",
    ],
)  # fmt: skip
def test_a_text_without_a_filters_name_is_a_clients(text: str) -> None:
    assert not is_filter(text)


REFUSED = [
    ("tier:lo", "filter_meant", "tier", "Not understood: tier:lo → tier:low?"),
    ("tier:low,hihg", "filter_meant", "tier", "Not understood: tier:hihg → tier:high?"),
    ("tier:onb", "filter_meant", "tier", "Not understood: tier:onb → tier:onboarding?"),
    (
        "tier:blue acme",
        "filter_value",
        "tier",
        "Not understood: tier:blue. After tier: low, medium, high, onboarding, unknown, former.",
    ),
    ("teir:low", "filter_meant", "tier", "Not understood: teir:low → tier:low?"),
    ("cms:me", "filter_meant", "csm", "Not understood: cms:me → csm:me?"),
    ("scroe:<4 acme", "filter_meant", "score", "Not understood: scroe:<4 → score:<4?"),
    ("tier:", "filter_empty", "tier", "What should tier: be? For example tier:low,medium"),
    ("tier:,", "filter_empty", "tier", "What should tier: be? For example tier:low,medium"),
    ("csm: tier:low", "filter_empty", "csm", "What should csm: be? For example csm:me"),
    ('team:""', "filter_empty", "team", 'What should team: be? For example team:"CS Nordic"'),
    ("score:12", "filter_out_of_range", "score", "score:12 is out of range: score goes from 0 to 10."),
    ("score:>10", "filter_out_of_range", "score", "score:>10 is out of range: score goes from 0 to 10."),
    ("score:<0", "filter_out_of_range", "score", "score:<0 is out of range: score goes from 0 to 10."),
    ("score:3-0", "filter_meant", "score", "Not understood: score:3-0 → score:0-3?"),
    ("score:3.5", "filter_value", "score", "Not understood: score:3.5. After score: 3, 0-3, <4, >=7."),
    ("renews:9999", "filter_out_of_range", "renews", "renews:9999 is out of range: renews goes from 0 to 3650."),
    ("renews:90-30", "filter_meant", "renews", "Not understood: renews:90-30 → renews:30-90?"),
    ("renews:soon", "filter_value", "renews", "Not understood: renews:soon. After renews: 60, 30-90, passed, none."),
    ("category:markting", "filter_meant", "category", "Not understood: category:markting → category:marketing?"),
    (
        "category:c",
        "filter_value",
        "category",
        "Not understood: category:c. After category: marketing, sales, service, content, data, commerce, crm.",
    ),
    (
        "opportunity:sell",
        "filter_meant",
        "opportunity",
        "Not understood: opportunity:sell → opportunity:upsell?",
    ),
    ("going:quite", "filter_meant", "going", "Not understood: going:quite → going:quiet?"),
    ("going:up", "filter_value", "going", "Not understood: going:up. After going: quiet."),
    ("csm:Anna", "filter_csm", "csm", "Not understood: csm:anna. After csm: me, nobody, or an e-mail address."),
    (
        "sort:colour",
        "filter_value",
        "sort",
        "Not understood: sort:colour. After sort: score, drop, rise, mrr, renewal, name.",
    ),
    ("sort:-scor", "filter_meant", "sort", "Not understood: sort:-scor → sort:-score?"),
    (
        "sort:drop sort:name",
        "filter_twice",
        "sort",
        "sort is there twice: sort:drop and sort:name. Keep one of them.",
    ),
    (
        "client:acme tier:low globex",
        "filter_twice",
        "client",
        "client is there twice: client:acme and client:globex. Keep one of them.",
    ),
    ('tier:low team:"CS Nordic', "filter_quote", "team", 'The quotation mark is not closed: team:"CS Nordic'),
    ("team:“CS Nordic", "filter_quote", "team", "The quotation mark is not closed: team:“CS Nordic"),
    (
        "tier:low mood:bad",
        "filter_unknown",
        "",
        "mood:bad is not a filter. There are: tier, score, category, opportunity, going, client, csm, team, key, "
        "renews, sort, view. A client's name with a colon goes in quotes.",
    ),
    ("client:" + "x" * 101, "filter_too_long", "client", "client: takes at most 100 characters. Shorten it."),
    ("tier:low " + "x" * LONGEST, "filter_too_much", "", "That is too long for filters: at most 2000 characters."),
    (
        "sort:" + "x" * 500,
        "filter_value",
        "sort",
        f"Not understood: sort:{'x' * 54}…. After sort: score, drop, rise, mrr, renewal, name.",
    ),
]


@pytest.mark.parametrize(("text", "key", "name", "words"), REFUSED)
def test_a_wrong_filter_says_which_word_and_what_was_meant(text: str, key: str, name: str, words: str) -> None:
    assert is_filter(text)
    with pytest.raises(FilterError) as caught:
        parse(text, CATEGORIES)
    assert (explain(caught.value), caught.value.key, caught.value.values["name"]) == (words, key, name)


def test_a_category_is_named_by_what_fits_only_one() -> None:
    two = {"a": "Sales calls", "b": "Sales", "sales": "Other"}
    assert read("category", "Sales", two).category == "sales"
    assert read("category", "sales c", two).category == "a"
    assert read("category", "b", two).category == "b"
    with pytest.raises(FilterError):
        read("category", "sale", two)
    with pytest.raises(FilterError):
        read("category", "marketing", {})


def test_the_modal_reads_a_field_as_the_text_reads_a_word() -> None:
    assert read("score", " <4 ", CATEGORIES) == parse("score:<4", CATEGORIES)
    assert read("team", "CS Nordic", CATEGORIES) == parse('team:"CS Nordic"', CATEGORIES)
    with pytest.raises(KeyError):
        read("mood", "bad", CATEGORIES)


@given(FILTERS)
@example(Filter(client='"'))
@example(Filter(client=","))
@example(Filter(team='a "b'))
@example(Filter(score=(0, 0), renews=Renews(0, 0)))
def test_every_filter_is_read_back_as_it_was_written(one: Filter) -> None:
    text = write(one)
    assert parse(text, CATEGORIES) == one
    assert is_filter(text) != one.is_default
    assert names.tidy(text) == text
    for name, value in one.texts().items():
        assert read(name, value, CATEGORIES).texts() == {name: value}


WORDS = st.sampled_from([text for text, _ in UNDERSTOOD if text] + ["acme", "株式会社", "and", "60", "low", '"a b"'])


SIGNS = st.text(alphabet='tiersco:,"“” -<3\n', max_size=60)


def rewritten(text: str) -> str | None:
    """What is written of a text; None where it is refused, in words."""
    try:
        return write(parse(text, CATEGORIES))
    except FilterError as error:
        explain(error)
        return None


@given(st.lists(WORDS, max_size=4).map(" ".join) | st.text(max_size=80) | SIGNS)
def test_any_text_is_refused_in_words_or_written_in_one_way(text: str) -> None:
    written = rewritten(text)
    assert written is None or rewritten(written) == written


def test_the_longest_filter_leaves_room_in_a_button() -> None:
    texts = {name: '"' * (LENGTHS[name] - 1) + " x" for name in ("client", "team", "view", "category")}
    texts = {name: text[-LENGTHS[name] :] for name, text in texts.items()}
    longest = Filter(
        **texts,
        key=Key.TEAM,
        tiers=tuple(Tier),
        score=(0, 10),
        opportunity=Kind.ACTIVATION,
        quiet=True,
        csm="@".join(["a", "x" * (LENGTHS["csm"] - 2)]),
        renews=Renews(1000, 3650),
        sort=Sort.RENEWAL,
        reverse=True,
    )
    assert all(vars(longest)[name] for name in texts)
    assert len(write(longest)) < 1500
    assert LONGEST == 2000
