"""The catalog file: what it may say, what is refused and on which line, and how it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.domain.catalog import ANY, Compare, Condition, Fact, Kind, Target, Tier, fold
from storage import catalog, schema
from storage.catalog import CatalogError
from storage.database import Database
from storage.installations import Installation
from tests.conftest import NOW
from tests.storage.bases import CATALOG, small

# (what is replaced, by what, the line of it, words of the message)
MISTAKES = [
    ("points = 3", "points = 4", "points = 4", "less than or equal to 3"),
    ("points = 3", "points = -1", "points = -1", "greater than or equal to 0"),
    ("points = 3", 'points = "3"', 'points = "3"', "valid integer"),
    ("points = 3\n", "", "[tools.forms]", "tools.forms.points is missing"),
    ("at_least = 2", "at_least = 0", "at_least = 0", "greater than or equal to 1"),
    ("within = 60", "within = 0", "within = 0", "greater than or equal to 1"),
    ("at_least = 2", "atleast = 2", "atleast = 2", "is at_least meant?"),
    ("low = [0, 3]", "low = [0, 2]", "medium = [4, 6]", "medium must start at 3"),
    ("low = [0, 3]", "low = [0, 4]", "medium = [4, 6]", "medium must start at 5"),
    ("low = [0, 3]", "low = [1, 3]", "low = [1, 3]", "low must start at 0"),
    ("high = [7, 10]", "high = [7, 9]", "high = [7, 9]", "must end at 10"),
    ("high = [7, 10]", "high = [7, 11]", "high = [7, 11]", "less than or equal to 10"),
    ('category = "core"', 'category = "cor"', 'category = "cor"', "is core meant?"),
    ('["mail:starter"]', '["male:starter"]', 'included = ["male:starter"]', "is mail meant?"),
    ('["mail:starter"]', '["mail:startr"]', 'included = ["mail:startr"]', "is starter meant?"),
    ('["mail:starter"]', '["mail"]', 'included = ["mail"]', "product:edition"),
    ('["mail:starter"]', '["mail:starter", "mail:professional"]', 'included = ["mail:starter"', "stands here twice"),
    ('["mail:starter"]', "[]", "included = []", "at least 1"),
    ('included = ["mail:professional"]', 'included = ["mail:professional"]\nexpected = ["mail:starter"]',
     'expected = ["mail:starter"]', "not included there"),
    ('included = ["mail:professional"]', 'included = ["mail:professional"]\nexpected = ["crm:pro"]',
     'expected = ["crm:pro"]', "not included there"),
    ('aliases = ["form"]', 'aliases = ["CON-tacts"]', 'aliases = ["CON-tacts"]', "forms and contacts are both called"),
    ('name = "Mail"', 'name = "crm"', "[products.mail]", "mail and crm are both called crm"),
    ('always = "free"', 'always = "fre"', 'always = "fre"', "is free meant?"),
    ("[categories.core]", '[bundles.all]\nname = "All"\nproducts = []\n\n[categories.core]',
     "products = []", "at least 1"),
    ("[categories.core]", '[bundles.all]\nname = "All"\nproducts = ["mial"]\n\n[categories.core]',
     'products = ["mial"]', "is mail meant?"),
    ("[products.mail]", "[products.crm]", "[products.crm]\nname = \"Mail\"", "twice"),
    ("version = 1", "version = ", "version = ", "invalid value"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "message"), MISTAKES)
def test_a_contradiction_is_refused_with_its_line(old: str, new: str, at: str, message: str) -> None:
    text = CATALOG.replace(old, new, 1)
    with pytest.raises(CatalogError) as error:
        catalog.parse(text, "mine.toml")
    line = text[: text.index(at)].count("\n") + 1
    said = str(error.value)
    assert said.startswith(f"mine.toml, line {line}: ")
    assert message.casefold() in said.casefold()
    assert "\n" not in said


RULE = """
[[opportunities.rules]]
kind = "cross-sell"
offer = "mail"
when = ["tool.forms >= 3"]
because = "{forms} forms"
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tool.forms", "tool.frms", "is forms meant?"),
        ("tool.forms >= 3", "category.cor >= 0.5", "is core meant?"),
        ("tool.forms >= 3", "tool.forms => 3", "no condition"),
        ('offer = "mail"', 'offer = "mial"', "is mail meant?"),
        ('offer = "mail"', 'offer = "mail:starte"', "is starter meant?"),
        ('offer = "mail"', 'offer = "any:professionl"', "is professional meant?"),
        ('offer = "mail"', 'offer = "any:professional"', "any:professional is no product"),
        ('offer = "mail"', 'offer = "any"', "any is no product"),
        ('offer = "mail"', 'offer = "mail"\nto = "seats"', "no product is called seats"),
        ('"cross-sell"\noffer = "mail"', '"upsell"\noffer = "mail"', "as in mail:professional"),
        ('"cross-sell"\noffer = "mail"', '"upsell"\noffer = "any"', "as in any:enterprise"),
        ('"cross-sell"\noffer = "mail"', '"upsell"\noffer = "seats"', "must say `to` whom"),
        ('"cross-sell"\noffer = "mail"', '"upsell"\noffer = "any:professional"', "must say `to` whom"),
        ("cross-sell", "gift", "upsell"),
        ("{forms}", "{form}", "is forms meant?"),
        ("{forms}", "{contacts}", "{contacts} is a number that no condition of this rule asks for"),
        ("{forms}", "{score}", "{score} is a number that no condition"),
        ("{forms}", "{forms:.1f}", "stands alone in its braces"),
        ("{forms}", "{forms!r}", "stands alone in its braces"),
        ("{forms}", "{forms", "expected '}' before end of string"),
        ("{forms}", "{}", "nothing is called {}"),
    ],
)
def test_a_rule_of_opportunities_names_only_what_there_is(old: str, new: str, message: str) -> None:
    catalog.parse(CATALOG + RULE, "mine.toml")
    with pytest.raises(CatalogError, match=r"mine\.toml, line \d+: ") as error:
        catalog.parse(CATALOG + RULE.replace(old, new), "mine.toml")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("tool.forms >= 3", Condition(Fact.TOOL, Compare.AT_LEAST, 3, ("forms",))),
        ("category.core < 0.5", Condition(Fact.CATEGORY, Compare.LESS, 0.5, ("core",))),
        ("score == 10", Condition(Fact.SCORE, Compare.EQUAL, 10)),
        ("seats > 0.9", Condition(Fact.SEATS, Compare.MORE, 0.9)),
        ("limit:sent/allowed <= 0.1", Condition(Fact.LIMIT, Compare.AT_MOST, 0.1, ("sent", "allowed"))),
    ],
)
def test_a_condition_is_read_once_for_all(condition: str, expected: Condition) -> None:
    text = CATALOG + RULE.replace("tool.forms >= 3", condition).replace("{forms}", "{product}")
    (rule,) = catalog.parse(text, "mine.toml").rules
    assert rule.when == (expected,)
    assert condition.startswith(expected.evidence)
    assert (rule.kind, rule.offer, rule.to) == (Kind.CROSS_SELL, Target("mail"), None)


@pytest.mark.parametrize(
    ("offer", "to", "expected"),
    [
        ("mail:professional", "mail:starter", (Target("mail", "professional"), Target("mail", "starter"))),
        ("any:professional", "any", (Target(ANY, "professional"), Target(ANY))),
        ("more seats", "mail", (Target(words="more seats"), Target("mail"))),
    ],
)
def test_an_offer_is_an_edition_or_what_only_words_name(offer: str, to: str, expected: tuple[Target, Target]) -> None:
    changed = RULE.replace("cross-sell", "upsell").replace('offer = "mail"', f'offer = "{offer}"\nto = "{to}"')
    (rule,) = catalog.parse(CATALOG + changed, "mine.toml").rules
    assert (rule.offer, rule.to) == expected


def test_a_mistake_in_a_list_over_several_lines_is_found_on_its_own_line() -> None:
    text = CATALOG.replace('["mail:starter"]', '[\n  "crm:pro",\n  "mail:startr",\n]')
    with pytest.raises(CatalogError) as error:
        catalog.parse(text, "mine.toml")
    assert error.value.values["line"] == text[: text.index("mail:startr")].count("\n") + 1


def test_comments_layout_and_order_do_not_change_the_hash() -> None:
    head, tables = CATALOG.split("[score]")
    tools = tables.index("[tools.forms]")
    moved = f"# mine\n{head}\n\n[score]{tables[:tools].replace('within = 30', 'within    = 30 # days')}"
    contacts, forms = moved.index("[tools.contacts]"), tables[tools:]
    again = f"{moved[:contacts]}{forms}\n{moved[contacts:]}"
    assert catalog.parse(again, "again.toml").hash == small().hash
    assert catalog.parse(CATALOG.replace("points = 3", "points = 2"), "other.toml").hash != small().hash


def test_names_and_aliases_lead_to_tools_and_products_however_they_are_written() -> None:
    rules = catalog.load()
    assert {
        rules.tools[rules.tool_names[fold(name)]].key for name in ("Form submissions", "FORM_SUBMISSIONS", "forms")
    } == {"forms"}
    assert rules.product_names[fold("Ops-Hub")] == ("data",)
    assert set(rules.product_names[fold("CRM Suite")]) == {"marketing", "sales", "service", "content", "data"}


def test_the_shipped_catalog_holds_its_defaults() -> None:
    rules = catalog.load()
    assert (rules.grace, rules.onboarding, rules.hold_below) == (60, 90, 4)
    assert {tool.within for tool in rules.tools} == {90, 180}
    assert [rules.tier(score) for score in (0, 3, 4, 6, 7, 10)] == [
        Tier.LOW, Tier.LOW, Tier.MEDIUM, Tier.MEDIUM, Tier.HIGH, Tier.HIGH,
    ]  # fmt: skip


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(CATALOG, encoding="utf-8-sig")
    assert catalog.load(path).hash == small().hash


def test_the_catalog_of_the_scores_is_kept_and_found_again(database: Database, installation: Installation) -> None:
    with database.write() as connection:
        assert catalog.current(connection, installation.id).hash == catalog.load().hash
        for _ in range(2):
            catalog.remember(connection, installation.id, small(), CATALOG, NOW)
        connection.execute(update(schema.installation).values(catalog_hash=small().hash))
    with database.read() as connection:
        assert connection.scalars(select(schema.catalog.c.hash)).all() == [small().hash]
        assert catalog.current(connection, installation.id).hash == small().hash
