"""An opportunity's evidence as a sentence, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.words import Words
from bot.domain.catalog import Catalog, Kind
from bot.domain.listing import Line
from bot.domain.opportunities import Hold, Opportunity, Value

SENTENCE = 300  # characters
KINDS = {
    Kind.ACTIVATION: "Paid for, not used",
    Kind.UPSELL: "Bigger edition or seats",
    Kind.CROSS_SELL: "Another product",
}


def sentence(catalog: Catalog, one: Opportunity, words: Words) -> str:
    """Why it is one, as mrkdwn without its mark of the end. A rule's words are the catalog's own, in its language."""
    return kit.name(evidence(catalog, one, words), SENTENCE)


def evidence(catalog: Catalog, one: Opportunity, words: Words) -> str:
    """The same as plain text."""
    if one.rule is None:
        return _unused(catalog, one, words)
    shown = {name: _shown(name, value, words) for name, value in one.values.items()}
    because = catalog.rules[one.rule].because.format(**shown)
    offered = "" if catalog.rules[one.rule].offer.words is not None else _offered(catalog, one)
    return because if offered in because else f"{because} → {offered}"


def step(catalog: Catalog, one: Opportunity, words: Words) -> str:
    """What somebody would do about it, as plain text: a tool's is the catalog's own."""
    if one.rule is None:
        return (one.tool.step if one.tool else "") or words("Show how to use {tool}", tool=one.values["tool"])
    more = catalog.rules[one.rule].offer.words
    if more is None:
        return words("Offer {product}", product=_offered(catalog, one))
    what = words("Offer more {what}", what=more)
    return what if one.product is None else f"{what} ({catalog.products[one.product].name})"


def _offered(catalog: Catalog, one: Opportunity) -> str:
    """What would be bought."""
    if one.product is None:
        return ""
    name = catalog.products[one.product].name
    return f"{name} {one.edition.capitalize()}" if one.kind is Kind.UPSELL and one.edition is not None else name


def of_line(catalog: Catalog, one: Line, found: Sequence[Opportunity], kind: Kind | None, words: Words) -> str:
    """The evidence of a client in a list: of an offer by the rules, else of what it pays for and does not use."""
    offers = [each for each in found if each.held is None and kind in {None, each.kind}]
    if offers:
        return sentence(catalog, offers[0], words)
    if one.unused is None:
        return ""
    return words("pays for {tool}, not in use", tool=kit.name(one.unused.name, 60))


def why_held(catalog: Catalog, held: Hold, words: Words) -> str:
    """Why a client is offered nothing to buy for now."""
    match held:
        case Hold.LOW:
            return words("while the score is below {n}", n=catalog.hold_below)
        case Hold.ONBOARDING:
            return words("until onboarding is over")
        case Hold.UNKNOWN:
            return words("while the score is not known")


def _shown(name: str, value: Value, words: Words) -> str:
    if isinstance(value, (int, float)):
        return words.percent(value) if name == "share" else words.number(value)
    return str(value)


def _unused(catalog: Catalog, one: Opportunity, words: Words) -> str:
    """Of a tool: "pays for Campaigns, never used", "owns Marketing Hub Professional, 0 workflows in 90 days"."""
    tool, times = str(one.values["tool"]), one.values.get("times")
    if times is None:
        paid = _is_paid(catalog, one)
        said = words("pays for {tool}, marked as not used") if paid else words("has {tool}, marked as not used")
        return said.format(tool=tool)
    if not times and "last_on" not in one.values:
        paid = _is_paid(catalog, one)
        return words("pays for {tool}, never used", tool=tool) if paid else words("has {tool}, never used", tool=tool)
    return ", ".join([*_owned(catalog, one, words), _few(one, words)])


def _few(one: Opportunity, words: Words) -> str:
    times, within, tool = one.values["times"], one.values["within"], _inside(str(one.values["tool"]))
    if times:
        return words("little use of {tool}: {times} in {within} days", tool=tool, times=times, within=within)
    return words("0 {tool} in {within} days", tool=tool, within=within)


def _owned(catalog: Catalog, one: Opportunity, words: Words) -> list[str]:
    if one.product is None or one.edition is None:
        return []
    name = catalog.products[one.product].name
    if not _is_paid(catalog, one):
        return [words("has {product}", product=name)]
    return [words("owns {product} {edition}", product=name, edition=one.edition.capitalize())]


def _is_paid(catalog: Catalog, one: Opportunity) -> bool:
    """Whether the client has the tool by an edition that costs; nobody knows it of a client without subscriptions."""
    if one.product is None or one.edition is None:
        return False
    product = catalog.products[one.product]
    return product.editions.index(one.edition) >= product.paid_from


def _inside(name: str) -> str:
    """A name inside a sentence: "Workflows" is small there, "SEO" stays."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
