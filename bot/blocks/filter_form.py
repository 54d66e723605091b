"""The modal of a list's filter, and the filter that it says: the other face of what `bot.domain.filter_text` reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState, Values
from bot.blocks.kit import Block, Element, Modal
from bot.blocks.listing import REVERSED, SORTS, TIERS
from bot.blocks.offers import KINDS
from bot.blocks.scopes import KEYS
from bot.blocks.words import Words
from bot.domain import filter_values
from bot.domain.catalog import fold
from bot.domain.filters import FIELDS, LENGTHS, SCORES, Filter, FilterError
from bot.domain.named import Csm, Team

# Fields are called as what is typed, but for those of which a filter has two:
SCORE_TO = "score_to"
CSM_PERSON = "csm_person"
WINDOW = 20  # characters of a renewal window


@dataclass(frozen=True)
class Choices:
    """What can be chosen in an installation."""

    categories: Mapping[str, str]  # names by key
    teams: Sequence[Team]
    csm: Csm | None = None  # the one that the filter names, or that was chosen


def form(wanted: Filter, choices: Choices, state: FormState, words: Words) -> Modal:
    """All fields, filled in with a filter."""
    typed = wanted.texts()
    blocks = [*_scores(wanted, typed, choices, words), *_whose(typed, choices, words), *_dates(typed, words)]
    return forms.modal(words("Filter"), blocks, ids.FILTER_FORM, state, words, words("Show"))


def _scores(wanted: Filter, typed: Mapping[str, str], choices: Choices, words: Words) -> Iterator[Block]:
    tiers = [(words(label), tier.value) for tier, label in TIERS.items()]
    yield kit.field(words("Tier"), kit.selects("tier", tiers, wanted.tiers))
    first, last = map(str, wanted.score) if wanted.score else (None, None)
    yield kit.field(words("Score from"), _score("score", first))
    yield kit.field(words("Score to"), _score(SCORE_TO, last))
    categories = [(name, key) for key, name in choices.categories.items()]
    hint = words("Tier and score are then those of the category.")
    yield kit.field(words("Category"), kit.select("category", categories, typed.get("category")), hint)
    offers = [(words(label), kind.value) for kind, label in KINDS.items()]
    yield kit.field(words("Opportunity"), kit.select("opportunity", offers, typed.get("opportunity")))
    quiet = kit.box("going", words("A tool in use is going quiet"), "quiet", ticked=wanted.quiet)
    yield kit.field(words("Usage"), quiet)


def _score(name: str, chosen: str | None) -> Element:
    low, high = SCORES
    return kit.select(name, [(str(score), str(score)) for score in range(low, high + 1)], chosen)


def _whose(typed: Mapping[str, str], choices: Choices, words: Words) -> Iterator[Block]:
    yield kit.field(words("Client's name has"), kit.line("client", typed.get("client"), LENGTHS["client"]))
    csm = choices.csm
    options = [(words("Me"), "me"), (words("Nobody"), "nobody")]
    if csm is not None and csm.slack_user_id is None:  # no menu of Slack's has them
        options.append((csm.email or "", str(csm.id)))
    chosen = typed.get("csm") if csm is None else str(csm.id)
    yield kit.field(words("CSM"), kit.select("csm", options, chosen))
    yield kit.field(words("… or this person"), kit.person(CSM_PERSON, csm.slack_user_id if csm else None))
    yield kit.field(words("Team"), _team(typed.get("team"), choices.teams, words))
    keys = [(words(label), key.value) for key, label in KEYS.items()]
    yield kit.field(words("Key accounts"), kit.select("key", keys, typed.get("key")))


def _team(name: str | None, teams: Sequence[Team], words: Words) -> Element:
    """The chosen one stands first: of very many teams the menu has only the first."""
    chosen = next((one for one in teams if name and fold(one.name) == fold(name)), None)
    options = [(one.name, str(one.id)) for one in sorted(teams, key=lambda one: one is not chosen)]
    fixed = [(words("My team"), "mine"), (words("All clients"), "all")]
    return kit.select("team", [*fixed, *options], name if chosen is None else str(chosen.id))


def _dates(typed: Mapping[str, str], words: Words) -> Iterator[Block]:
    window = kit.line("renews", typed.get("renews"), WINDOW)
    hint = words("Days from today: 60 is within 60 days. Or 30-90, passed, none.")
    yield kit.field(words("Renewal window"), window, hint)
    sorts = [(words(label), sort.value) for sort, label in SORTS.items()]
    sorts += [(words(label), f"-{sort.value}") for sort, label in REVERSED.items()]
    yield kit.field(words("Order"), kit.select("sort", sorts, typed.get("sort")))


def csm_chosen(values: Values) -> str:
    """Who was chosen as CSM and has to be looked up: a Slack user's id, or a person's; "" where nobody was."""
    entered = forms.entered(values)
    chosen = entered.get("csm", "")
    return entered.get(CSM_PERSON) or (chosen if chosen.isdigit() else "")


def read(values: Values, choices: Choices) -> Filter:
    """The filter that the fields say. Raises FilterError; `field` says beside which of them."""
    entered = forms.entered(values)
    typed = {
        **entered,
        "score": _span(entered),
        "csm": _csm(entered, choices.csm),
        "team": _called(entered.get("team", ""), choices.teams),
    }
    whole = Filter()
    for name in FIELDS:
        if text := typed.get(name):
            whole = whole.narrowed(filter_values.read(name, text, choices.categories))
    return whole


def _span(entered: Mapping[str, str]) -> str:
    low, high = SCORES
    if "score" not in entered and SCORE_TO not in entered:
        return ""
    return f"{entered.get('score', low)}-{entered.get(SCORE_TO, high)}"


def _csm(entered: Mapping[str, str], csm: Csm | None) -> str:
    chosen = entered.get("csm", "")
    name = CSM_PERSON if CSM_PERSON in entered else "csm"
    if name == "csm" and not chosen.isdigit():
        return chosen
    if csm is None or csm.email is None:
        raise FilterError("filter_no_address", name=name)
    if name != "csm" and chosen:
        raise FilterError("filter_twice", name="csm", first=f"csm:{chosen}", second=f"csm:{csm.email}")
    return csm.email


def _called(chosen: str, teams: Sequence[Team]) -> str:
    if not chosen.isdigit():
        return chosen
    found = next((one.name for one in teams if str(one.id) == chosen), None)
    if found is None:
        raise FilterError("filter_team_gone", name="team")
    return found


def field(error: FilterError) -> str:
    """The field beside which an error is shown."""
    name = str(error.values["name"])
    return name if name in {*FIELDS, CSM_PERSON} - {"view"} else "client"
