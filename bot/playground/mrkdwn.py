"""Slack's mrkdwn as safe HTML: every character that people wrote is escaped, only our own tags are added."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby

from markupsafe import Markup

from bot.playground.emoji import GLYPHS, with_glyphs

SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x1f]+\Z", re.IGNORECASE)

# A marker counts only at the edge of a word: `2*3*4` and `snake_case_name` stay as they are.
# `(?:<…>|[^…<])` reads each character in one way only, so a long line costs one pass.
_TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|(?<![\w*])\*(?=\S)(?P<bold>(?:<[^<>\n]*>|[^*\n<])+)(?<=\S)\*(?![\w*])"
    r"|(?<![\w_])_(?=\S)(?P<italic>(?:<[^<>\n]*>|[^_\n<])+)(?<=\S)_(?![\w_])"
    r"|(?<![\w~])~(?=\S)(?P<strike>(?:<[^<>\n]*>|[^~\n<])+)(?<=\S)~(?![\w~])"
    r"|:(?P<emoji>[a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?"
    r"|(?<![\w/])(?P<url>https?://[^\s<>]*[^\s<>.,;:!?)\]'\"])",
)
_PREFORMATTED = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_QUOTED = re.compile(r"(?:>|&gt;) ?")
_DATE = re.compile(r"!date\^(-?\d{1,15})\^([^|^]*)(?:\^([^|]*))?(?:\|(.*))?\Z", re.DOTALL)
_DATE_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Scene:
    """What a text needs to know of its surroundings: names by id, and the reader's time."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    zone: tzinfo = UTC


def mrkdwn(text: str, scene: Scene, *, verbatim: bool = False) -> Markup:
    """HTML of a `mrkdwn` text object. `verbatim` leaves bare addresses unlinked, as in Slack."""
    pieces = _PREFORMATTED.split(text)
    made = [
        Markup("<pre>{}</pre>").format(unescape(piece)) if at % 2 else _flow(piece, scene, verbatim)
        for at, piece in enumerate(pieces)
    ]
    return Markup("").join(made)


def plain_text(text: str, *, emoji: bool = True) -> Markup:
    """HTML of a `plain_text` object: nothing in it is formatting, but emoji names may become characters."""
    return breaks(with_glyphs(text) if emoji else text)


def breaks(text: str) -> Markup:
    """Escaped text whose line ends are kept."""
    return Markup("<br>").join(text.split("\n"))


def unescape(text: str) -> str:
    """Undo Slack's three entities; anything else that looks like an entity is only text."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def link(url: str, label: Markup | str) -> Markup:
    """A link that opens beside the playground; an address with another scheme is shown, never linked."""
    if not SAFE_LINK.match(url):
        return Markup('<span class="bad-link" title="This address is not linked">{}</span>').format(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, label)


def mention(text: str) -> Markup:
    """A person, channel or group named in a text."""
    return Markup('<span class="mention">{}</span>').format(text)


def moment(seconds: int, layout: str, scene: Scene) -> str | None:
    """A Slack date (`{date_short} at {time}`) in the reader's zone; None where the layout is not known."""
    try:
        when = datetime.fromtimestamp(seconds, tz=scene.zone)
    except (OverflowError, ValueError, OSError):
        return None
    parts = _date_parts(when, scene.now.astimezone(scene.zone))
    if any(name not in parts for name in _DATE_PART.findall(layout)):
        return None
    return _DATE_PART.sub(lambda found: parts[found[1]], layout)


def _date_parts(when: datetime, now: datetime) -> dict[str, str]:
    long = f"{when:%B} {_ordinal(when.day)}, {when.year}"
    short = f"{when:%b} {when.day}, {when.year}"
    near = {0: "today", -1: "yesterday", 1: "tomorrow"}.get((when.date() - now.date()).days)
    return {
        "date_num": f"{when:%Y-%m-%d}",
        "date": long,
        "date_slash": f"{when:%m/%d/%Y}",
        "date_short": short,
        "date_long": f"{when:%A}, {long}",
        "date_pretty": near or long,
        "date_short_pretty": near or short,
        "date_long_pretty": near or f"{when:%A}, {long}",
        "day_divider_pretty": near or f"{when:%A}, {when:%B} {_ordinal(when.day)}",
        "time": f"{when:%H:%M}",
        "time_secs": f"{when:%H:%M:%S}",
        "ago": _distance(when - now),
    }


def _ordinal(day: int) -> str:
    ending = "th" if 11 <= day % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _distance(span: timedelta) -> str:
    seconds = abs(int(span.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= size or unit == "second":
            count = seconds // size
            break
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {words}" if span > timedelta(0) else f"{words} ago"


def _flow(text: str, scene: Scene, verbatim: bool) -> Markup:
    made = []
    for quoted, lines in groupby(text.split("\n"), key=lambda line: bool(_QUOTED.match(line))):
        if quoted:
            stripped = [_QUOTED.sub("", line, count=1) for line in lines]
            made.append(Markup("<blockquote>{}</blockquote>").format(_lines(stripped, scene, verbatim)))
        else:
            made.append(_lines(lines, scene, verbatim))
    return Markup("").join(made)


def _lines(lines: Iterable[str], scene: Scene, verbatim: bool) -> Markup:
    return Markup("<br>").join(_inline(line, scene, verbatim) for line in lines)


def _inline(text: str, scene: Scene, verbatim: bool) -> Markup:
    made, at = [], 0
    for found in _TOKEN.finditer(text):
        made.append(Markup("{}").format(unescape(text[at : found.start()])))
        made.append(_token(found, scene, verbatim))
        at = found.end()
    made.append(Markup("{}").format(unescape(text[at:])))
    return Markup("").join(made)


def _token(found: re.Match[str], scene: Scene, verbatim: bool) -> Markup:
    kind, inner = str(found.lastgroup), found[str(found.lastgroup)]
    match kind:
        case "code":
            return Markup("<code>{}</code>").format(unescape(inner))
        case "angle":
            return _angle(inner, scene)
        case "emoji":
            return Markup("{}").format(GLYPHS.get(inner, found[0]))
        case "url":
            plain = unescape(inner)
            return Markup("{}").format(plain) if verbatim else link(plain, plain)
    tag = {"bold": "b", "italic": "i", "strike": "s"}[kind]
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), _inline(inner, scene, verbatim))  # noqa: S704


def _angle(inner: str, scene: Scene) -> Markup:
    """What stands between angle brackets: a person, a channel, a command of Slack's, or a link."""
    target, _, label = inner.partition("|")
    if inner.startswith("@"):
        return mention(f"@{scene.people.get(target[1:]) or unescape(label) or target[1:]}")
    if inner.startswith("#"):
        return mention(f"#{scene.channels.get(target[1:]) or unescape(label) or target[1:]}")
    if inner.startswith("!"):
        return _special(inner, target, unescape(label), scene)
    url = unescape(target)
    return link(url, unescape(label) or url)


def _special(inner: str, target: str, label: str, scene: Scene) -> Markup:
    date = _DATE.match(inner)
    if date:
        seconds, layout, url, fallback = date.groups()
        words = moment(int(seconds), unescape(layout), scene) or unescape(fallback or "") or seconds
        return link(unescape(url), words) if url else Markup("<time>{}</time>").format(words)
    if target in ("!here", "!channel", "!everyone"):
        return mention(f"@{target[1:]}")
    return mention(label or f"@{target.removeprefix('!subteam^')}")
