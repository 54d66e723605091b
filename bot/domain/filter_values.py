"""The value of one filter, as typed after its colon or into its field of the modal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from bot.domain import names
from bot.domain.catalog import Kind, Tier, fold
from bot.domain.filters import (
    DAYS,
    NO_DATE,
    PASSED,
    SCORES,
    Filter,
    FilterError,
    Renews,
    Sort,
    check_span,
    word,
)  # fmt: skip
from bot.domain.key_accounts import Key

NEAR = 0.66  # how much alike a misspelt word is: "cms" and "csm" just so

Value = TypeVar("Value")

_EXAMPLES = {
    "tier": "low,medium", "score": "0-3", "category": "marketing", "opportunity": "cross-sell", "going": "quiet",
    "client": "acme", "csm": "me", "team": '"CS Nordic"', "key": "me", "renews": "60", "sort": "drop",
    "view": "falling",
}  # fmt: skip
# Values folded, with what they mean. The screen's own words are among them.
_TIERS = {fold(tier): tier for tier in Tier} | {"notknown": Tier.UNKNOWN, "med": Tier.MEDIUM}
_OFFERS = {fold(kind): kind for kind in Kind} | {
    "paidfor,notused": Kind.ACTIVATION, "paidfornotused": Kind.ACTIVATION, "notused": Kind.ACTIVATION,
    "biggereditionorseats": Kind.UPSELL, "bigger": Kind.UPSELL,
    "anotherproduct": Kind.CROSS_SELL, "another": Kind.CROSS_SELL, "cross": Kind.CROSS_SELL,
}  # fmt: skip
_SORTS = {fold(sort): sort for sort in Sort} | {
    "change": Sort.DROP, "falling": Sort.DROP, "rising": Sort.RISE, "renews": Sort.RENEWAL, "renewals": Sort.RENEWAL,
    "client": Sort.NAME, "index": Sort.SCORE,
}  # fmt: skip
_KEYS = {fold(key): key for key in Key} | {"mine": Key.ME, "ours": Key.TEAM, "myteam": Key.TEAM, "both": Key.ANY}
_CSMS = {"mine": "me", "none": "nobody", "noone": "nobody"}
_RENEWALS = {"passed": PASSED, "past": PASSED, "overdue": PASSED, "none": NO_DATE, "nodate": NO_DATE}

_DASHES = "-−–—‑"
_SPAN = re.compile(
    rf"(?P<sign><=|>=|[<>≤≥])\s*(?P<than>\d{{1,6}})|(?P<first>\d{{1,6}})(?:\s*[{_DASHES}]\s*(?P<last>\d{{1,6}}))?"
)
_UNIT = re.compile(r"(?<=\d)\s*d(?:ays?)?(?!\w)", re.IGNORECASE)
_SPANS = {"score": "3, 0-3, <4, >=7", "renews": "60, 30-90, passed, none"}


def read(name: str, value: str, categories: Mapping[str, str]) -> Filter:
    """One filter: its name, one of FIELDS, and its value. `categories`: their names by key."""
    text = names.tidy(value)
    if not text or (name == "tier" and not text.strip(" ,")):
        raise FilterError("filter_empty", name=name, meant=f"{name}:{_EXAMPLES[name]}")
    match name:
        case "tier":
            return Filter(tiers=tuple(_choose(name, one.strip(), _TIERS) for one in text.split(",") if one.strip()))
        case "score":
            return Filter(score=_span(name, text, SCORES))
        case "category":
            return Filter(category=_category(text, categories))
        case "opportunity":
            return Filter(opportunity=_choose(name, text, _OFFERS))
        case "going":
            return Filter(quiet=bool(_choose(name, text, {"quiet": "quiet"})))
        case "renews":
            return Filter(renews=_RENEWALS.get(fold(text)) or Renews(*_span(name, text, DAYS)))
        case "sort":
            sign = "-" if text[0] in _DASHES else ""
            return Filter(sort=_choose(name, text.lstrip(_DASHES), _SORTS, sign), reverse=bool(sign))
        case "csm":
            return Filter(csm=_CSMS.get(fold(text), text))
        case "client":
            return Filter(client=text)
        case "team":
            return Filter(team=text)
        case "key":
            return Filter(key=_choose(name, text, _KEYS))
        case "view":
            return Filter(view=text)
    raise KeyError(name)


def _choose(name: str, text: str, choices: Mapping[str, Value], sign: str = "") -> Value:
    """What a folded text means, or an error that names what is near or else all there is."""
    typed = fold(text)
    if typed in choices:
        return choices[typed]
    begun = {value for key, value in choices.items() if key.startswith(typed)}
    near = begun if len(begun) == 1 else {choices[key] for key in get_close_matches(typed, choices, 1, NEAR)}
    shown = word(name, sign + text)
    if near:
        raise FilterError("filter_meant", name=name, word=shown, meant=f"{name}:{sign}{near.pop()}")
    options = ", ".join(dict.fromkeys(map(str, choices.values())))
    raise FilterError("filter_value", name=name, word=shown, options=options)


def _category(text: str, categories: Mapping[str, str]) -> str:
    """The key of a category: named by key, by name, or by an unmistakable beginning of either."""
    if text in categories:
        return text
    folded = {fold(name): key for key, name in categories.items()} | {fold(key): key for key in categories}
    begun = {key for name, key in folded.items() if name.startswith(fold(text))}
    if fold(text) not in folded and len(begun) == 1:
        return begun.pop()
    return _choose("category", text, folded)


def _span(name: str, text: str, limits: tuple[int, int]) -> tuple[int, int]:
    """The ends of a span, both included: `0-3`, `<4`, `>=7`. A number alone is a score, or the days from today on."""
    match = _SPAN.fullmatch(_UNIT.sub("", text) if name == "renews" else text)
    if match is None:
        raise FilterError("filter_value", name=name, word=word(name, text), options=_SPANS[name])
    low, high = limits
    if match["sign"]:
        than = int(match["than"])
        ends = {"<": (low, than - 1), "≤": (low, than), ">": (than + 1, high), "≥": (than, high)}[
            match["sign"].replace("<=", "≤").replace(">=", "≥")
        ]
    elif match["last"]:
        ends = (int(match["first"]), int(match["last"]))
    else:
        ends = (low if name == "renews" else int(match["first"]), int(match["first"]))
    check_span(name, ends, limits, text)
    return ends
