"""Block Kit as HTML: one block in, safe markup out; what is not rendered is said loudly, never left out."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.playground.charts import draw
from bot.playground.choices import offered_channels
from bot.playground.elements import EXTERNAL
from bot.playground.markdown import markdown
from bot.playground.model import Channel, Json, Person, Values
from bot.playground.mrkdwn import SAFE_LINK, Scene, mrkdwn, plain_text
from bot.playground.rich_text import NotRenderedError, rich_text
from bot.playground.suggestions import chosen, least
from bot.playground.values import chosen_field, initial_value

TEMPLATES = Path(__file__).parent / "templates"

HUES = 9  # colours of avatars in the style sheet

# Slack does not say where it folds a section: this is half a screen of a phone, as high as `.fold` in the style sheet.
FOLD_CHARACTERS, FOLD_LINES = 700, 9

# Inputs as the page draws them; an element of another kind is said loudly.
MENUS = frozenset({"static_select", "users_select", "conversations_select", "channels_select"})
SEVERAL = frozenset(f"multi_{kind}" for kind in MENUS) | EXTERNAL
TICKS = frozenset({"radio_buttons", "checkboxes"})
LINES = frozenset(
    {"plain_text_input", "number_input", "email_text_input", "url_text_input", "datepicker", "timepicker"}
)


@dataclass(frozen=True)
class Place:
    """Where blocks are shown: a message or a modal, who looks, what they have entered and what was wrong with it."""

    key: str
    scene: Scene
    values: Values = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[Person] = ()
    channels: Sequence[Channel] = ()
    here: str = ""

    def id_of(self, *parts: object) -> str:
        """An id for an element of the page: the same again after an update, so that focus finds its way back."""
        return "e" + digest(json.dumps([self.key, *map(str, parts)]))

    def value(self, block_id: str, element: Json) -> Any:
        """What the person has entered, else what the app set: text, id, option value, or a list of such."""
        kept = self.values.get(block_id, {}).get(element["action_id"]) or initial_value(element)
        held = kept[chosen_field(element)]
        if not held and element.get("default_to_current_conversation"):
            return self.here
        if isinstance(held, list):
            return [each["value"] if isinstance(each, dict) else each for each in held]
        return held["value"] if isinstance(held, dict) else held or ""

    def files(self, block_id: str, element: Json) -> list[Json]:
        """The files that the person has chosen."""
        return list(self.values.get(block_id, {}).get(element["action_id"], {}).get("files", ()))


@dataclass(frozen=True)
class Choice:
    """One entry of a menu: what is sent, what is read."""

    value: str
    label: Markup
    description: Markup | None = None


@dataclass(frozen=True)
class Offer:
    """All entries of a menu, in groups with their labels; where there are no groups, in one without."""

    groups: Sequence[tuple[Markup | None, Sequence[Choice]]]

    @property
    def all(self) -> list[Choice]:
        return [choice for _, group in self.groups for choice in group]


def render_blocks(blocks: Sequence[Json], place: Place) -> Markup:
    """HTML of the blocks of a message or modal. The blocks are Slack's JSON with all ids filled in."""
    template = templates().get_template("blocks.html")
    module = template.make_module({"place": place, "scene": place.scene})
    show: Callable[[Json], Markup] = module.block  # type: ignore[attr-defined]
    return Markup("\n").join(_or_loud(show, block) for block in blocks)


def loud(kind: str) -> Markup:
    """The notice that stands where something is not rendered."""
    words = Markup("This playground does not render: <code>{}</code>").format(kind)
    return Markup('<p class="loud" role="note">{}</p>').format(words)


def digest(text: str) -> str:
    """A short fingerprint: two pieces of a page with the same one are the same."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def text_of(text: Json | str, scene: Scene) -> Markup:
    """HTML of a text object of either kind."""
    if isinstance(text, str):
        return plain_text(text)
    if text["type"] == "mrkdwn":
        return mrkdwn(text["text"], scene, verbatim=bool(text.get("verbatim")))
    return plain_text(text["text"], emoji=text.get("emoji") is not False)


def is_long(block: Json) -> bool:
    """Whether Slack would fold the text of this section behind "See more"."""
    text = str(block["text"]["text"])
    return not block.get("expand") and (len(text) > FOLD_CHARACTERS or text.count("\n") >= FOLD_LINES)


def choices(element: Json, place: Place, block_id: str = "") -> Offer:
    """What a menu, radio group or set of checkboxes offers, in the app's own order; before anything is loaded."""
    if element["type"] in EXTERNAL:
        kept = place.values.get(block_id, {}).get(element["action_id"])
        held = {one["value"]: one for one in chosen(element, kept)}
        return Offer([(None, _options({"options": list(held.values())}, place))])
    kind = element["type"].removeprefix("multi_")
    if kind == "users_select":
        return Offer([(None, [Choice(person.id, Markup("{}").format(person.real_name)) for person in place.people])])
    if kind in ("conversations_select", "channels_select"):
        channels = offered_channels(place.channels, element)
        return Offer([(None, [Choice(channel.id, _channel_label(channel, place)) for channel in channels])])
    if groups := element.get("option_groups"):
        return Offer([(text_of(group["label"], place.scene), _options(group, place)) for group in groups])
    return Offer([(None, _options(element, place))])


def _options(holder: Json, place: Place) -> list[Choice]:
    return [
        Choice(
            option.get("value", ""),
            text_of(option["text"], place.scene),
            text_of(option["description"], place.scene) if option.get("description") else None,
        )
        for option in holder.get("options", [])
    ]


def _channel_label(channel: Channel, place: Place) -> Markup:
    name = place.scene.channels.get(channel.id, channel.name)
    external = " (external)" if channel.is_ext_shared else ""
    return Markup("{}{}{}").format("" if channel.kind == "im" else "# ", name, external)


def initials(name: str) -> str:
    """One or two letters that stand for a name."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()] or ["?"]
    return "".join(word[0] for word in {words[0]: None, words[-1]: None}).upper()


def _or_loud(show: Callable[[Json], Markup], block: Json) -> Markup:
    try:
        return show(block)
    except NotRenderedError as refused:
        return loud(str(refused))


@cache
def templates() -> Environment:
    """The templates of the pages: everything escaped unless our own code made it."""
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {
        "text": pass_context(_text),
        "mrkdwn": pass_context(lambda context, text: mrkdwn(text, context["scene"])),
        "rich_text": pass_context(lambda context, elements: rich_text(elements, context["scene"])),
        "markdown": markdown,
        "digest": digest,
        "initials": initials,
        "hue": lambda key: int(digest(key), 16) % HUES,
        "json": partial(json.dumps, separators=(",", ":")),
    }
    made.tests |= {"long": is_long, "safe_link": lambda url: bool(SAFE_LINK.match(url))}
    made.globals |= {
        "choices": choices,
        "loud": loud,
        "draw": draw,
        "MENUS": MENUS,
        "SEVERAL": SEVERAL,
        "TICKS": TICKS,
        "LINES": LINES,
        "EXTERNAL": EXTERNAL,
        "least": least,
    }
    return made


def _text(context: Context, text: Json | str) -> Markup:
    return text_of(text, context["scene"])
