"""Slack's rich_text block as safe HTML."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from bot.playground.emoji import GLYPHS
from bot.playground.mrkdwn import Scene, breaks, link, mention, moment

_STYLES = (("code", "code"), ("bold", "b"), ("italic", "i"), ("strike", "s"), ("underline", "u"))


class NotRenderedError(Exception):
    """A kind of element that Slack may know and the playground does not; its name is the argument."""


def rich_text(elements: Sequence[Mapping[str, Any]], scene: Scene) -> Markup:
    """HTML of the elements of a rich_text block; raises `NotRenderedError` rather than leave one out."""
    return Markup("").join(_part(element, scene) for element in elements)


def _part(part: Mapping[str, Any], scene: Scene) -> Markup:
    match part["type"]:
        case "rich_text_section":
            return Markup("<p>{}</p>").format(_inline(part, scene))
        case "rich_text_preformatted":
            return Markup("<pre>{}</pre>").format(_inline(part, scene))
        case "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(_inline(part, scene))
        case "rich_text_list":
            return _list(part, scene)
    raise NotRenderedError(str(part["type"]))


def _list(part: Mapping[str, Any], scene: Scene) -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(_inline(item, scene)) for item in part.get("elements", []))
    indent = min(max(int(part.get("indent", 0)), 0), 8)
    if part.get("style") == "ordered":
        start = int(part.get("offset", 0)) + 1
        return Markup('<ol class="indent-{}" start="{}">{}</ol>').format(indent, start, items)
    return Markup('<ul class="indent-{}">{}</ul>').format(indent, items)


def _inline(part: Mapping[str, Any], scene: Scene) -> Markup:
    return Markup("").join(_styled(element, scene) for element in part.get("elements", []))


def _styled(element: Mapping[str, Any], scene: Scene) -> Markup:
    make = _INLINE.get(element["type"])
    if make is None:
        raise NotRenderedError(str(element["type"]))
    made = make(element, scene)
    style = element.get("style") or {}
    for name, tag in _STYLES:
        if style.get(name):
            made = Markup("<{0}>{1}</{0}>").format(Markup(tag), made)  # noqa: S704
    return made


def _date(element: Mapping[str, Any], scene: Scene) -> Markup:
    seconds = int(element["timestamp"])
    words = moment(seconds, str(element["format"]), scene) or str(element.get("fallback", seconds))
    return Markup("<time>{}</time>").format(words)


_INLINE: Mapping[str, Callable[[Mapping[str, Any], Scene], Markup]] = {
    "text": lambda it, _: breaks(str(it["text"])),
    "link": lambda it, _: link(str(it["url"]), str(it.get("text") or it["url"])),
    "emoji": lambda it, _: Markup("{}").format(GLYPHS.get(it["name"], f":{it['name']}:")),
    "user": lambda it, scene: mention(f"@{scene.people.get(it['user_id'], it['user_id'])}"),
    "channel": lambda it, scene: mention(f"#{scene.channels.get(it['channel_id'], it['channel_id'])}"),
    "usergroup": lambda it, _: mention(f"@{it['usergroup_id']}"),
    "broadcast": lambda it, _: mention(f"@{it['range']}"),
    "color": lambda it, _: Markup("<code>{}</code>").format(it["value"]),
    "date": _date,
}
