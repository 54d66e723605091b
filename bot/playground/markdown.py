"""Slack's markdown block as safe HTML: the Markdown that bots write, not the whole of CommonMark."""

import re
from collections.abc import Iterator

from markupsafe import Markup

from bot.playground.emoji import with_glyphs
from bot.playground.mrkdwn import link

_FENCE = re.compile(r"^```[^\n]*\n(.*?)\n?^```[ \t]*$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"(#{1,6}) +(.*?)(?: +#+)?$")
_ITEM = re.compile(r"\s*(?:[-*+]|(\d+)[.)]) +(?:\[([ xX])\] +)?(.*)$")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*$")
_QUOTE = re.compile(r"> ?(.*)$")
_ROW = re.compile(r"\s*\|(.*)\|\s*$")
_TABLE_RULE = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
_TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<label>[^\[\]\n]*)\]\((?P<url>[^()\s]+)\)"
    r"|\*\*(?=\S)(?P<strong>[^*\n]+)(?<=\S)\*\*"
    r"|~~(?=\S)(?P<strike>[^~\n]+)(?<=\S)~~"
    r"|(?<![\w*])\*(?=\S)(?P<starred>[^*\n]+)(?<=\S)\*(?![\w*])"
    r"|(?<![\w_])_(?=\S)(?P<scored>[^_\n]+)(?<=\S)_(?![\w_])",
)
_TAGS = {"strong": "b", "strike": "s", "starred": "i", "scored": "i"}


def markdown(text: str) -> Markup:
    """HTML of a markdown block: headings, emphasis, code, links, lists, tasks, quotes, rules and tables."""
    pieces = _FENCE.split(text)
    made = [Markup("<pre>{}</pre>").format(piece) if at % 2 else _flow(piece) for at, piece in enumerate(pieces)]
    return Markup("").join(made)


def _flow(text: str) -> Markup:
    made: list[Markup] = []
    lines = text.split("\n")
    while lines:
        if not lines[0].strip():
            lines.pop(0)
        elif heading := _HEADING.match(lines[0]):
            made.append(Markup('<p class="heading">{}</p>').format(_inline(heading[2])))
            lines.pop(0)
        elif _RULE.match(lines[0]):
            made.append(Markup("<hr>"))
            lines.pop(0)
        else:
            made.append(_passage(lines))
    return Markup("").join(made)


def _passage(lines: list[str]) -> Markup:
    """Take the lines of one quote, list, table or paragraph from the front."""
    if taken := list(_while(_QUOTE, lines)):
        quoted = Markup("<br>").join(_inline(found[1]) for found in taken)
        return Markup("<blockquote>{}</blockquote>").format(quoted)
    if len(lines) > 1 and _ROW.match(lines[0]) and _TABLE_RULE.match(lines[1]):
        return _table([found[1] for found in _while(_ROW, lines)])
    if _ITEM.match(lines[0]):
        return _list(list(_while(_ITEM, lines)))
    paragraph = [lines.pop(0)]
    while lines and lines[0].strip() and not _starts_other(lines[0]):
        paragraph.append(lines.pop(0))
    return Markup("<p>{}</p>").format(Markup("<br>").join(_inline(line) for line in paragraph))


def _starts_other(line: str) -> bool:
    return any(kind.match(line) for kind in (_HEADING, _ITEM, _RULE, _QUOTE, _ROW))


def _while(kind: re.Pattern[str], lines: list[str]) -> Iterator[re.Match[str]]:
    while lines and (found := kind.match(lines[0])):
        lines.pop(0)
        yield found


def _list(items: list[re.Match[str]]) -> Markup:
    made = Markup("").join(Markup("<li>{}{}</li>").format(_tick(found[2]), _inline(found[3])) for found in items)
    if items[0][1]:
        return Markup('<ol start="{}">{}</ol>').format(int(items[0][1]), made)
    return Markup("<ul>{}</ul>").format(made)


def _tick(mark: str | None) -> str:
    return "" if mark is None else "☐ " if mark == " " else "☑ "


def _table(rows: list[str]) -> Markup:
    cells = [[_inline(cell.strip()) for cell in row.split("|")] for row in rows]
    head, body = cells[0], cells[2:]
    return Markup('<div class="table"><table><tr>{}</tr>{}</table></div>').format(
        Markup("").join(Markup("<th>{}</th>").format(cell) for cell in head),
        Markup("").join(
            Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
            for row in body
        ),
    )


def _inline(text: str) -> Markup:
    made, at = [], 0
    for found in _TOKEN.finditer(text):
        made.append(Markup("{}").format(with_glyphs(text[at : found.start()])))
        made.append(_token(found))
        at = found.end()
    made.append(Markup("{}").format(with_glyphs(text[at:])))
    return Markup("").join(made)


def _token(found: re.Match[str]) -> Markup:
    if found["code"]:
        return Markup("<code>{}</code>").format(found["code"])
    if found["url"]:
        return link(found["url"], _inline(found["label"]))
    kind = str(found.lastgroup)
    return Markup("<{0}>{1}</{0}>").format(Markup(_TAGS[kind]), _inline(found[kind]))  # noqa: S704
