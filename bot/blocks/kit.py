"""Block Kit: the only module that knows the library behind it, escaping, and cutting to Slack's limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from slackblocks import (
    ActionsBlock,
    Button,
    ContextBlock,
    ConversationFilter,
    ConversationSelectMenu,
    Element,
    InputBlock,
    ModalView,
    Option,
    PlainText,
    SectionBlock,
    StaticSelectMenu,
    Text,
)
from slackblocks import Block as Block

Message = dict[str, Any]  # what chat.postMessage, an acknowledgement and a response_url take
Modal = dict[str, Any]  # what views.open and views.update take

MESSAGE_BLOCKS = 50
SECTION = 3000  # characters of a section's text
LINK = 2_000  # of a web address
BUTTON = 75
OPTION = 75
TITLE = 24
TEXT = 4000  # of a message's `text`: chat.update refuses more
ELLIPSIS = "…"


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut at a word where one ends in its last third."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit * 2 // 3 else head).rstrip() + ELLIPSIS


def plain(text: str) -> str:
    """Text of a person or of the data as mrkdwn that cannot ping, link or format.

    Slack's three control characters are escaped; the marks of formatting are kept apart from their letters by an
    invisible joiner, because mrkdwn has no escape for them.
    """
    flat = " ".join(text.split())
    for mark in "*_~`":
        flat = flat.replace(mark, f"\u2060{mark}\u2060")
    return escape(flat)


def escape(text: str) -> str:
    """Text without Slack's three control characters, so that it can neither ping nor link; it may still format."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def name(text: str, limit: int = 80) -> str:
    """A client's or person's name as mrkdwn. Cut before it is escaped, so that no entity is halved."""
    return plain(cut(" ".join(text.split()), limit))


def link(url: str | None, label: str) -> str:
    """A link with an escaped label; the label alone without a web address, or with one that would fill a section."""
    if url is None or len(url) > LINK or not url.startswith(("https://", "http://")):
        return label
    return f"<{url.replace('|', '%7C').replace('>', '%3E').replace('<', '%3C').replace(' ', '%20')}|{label}>"


def bar(earned: float, possible: float) -> str:
    """Five cells. Something earned shows at least one, and something missing at least one empty."""
    cells = round(5 * earned / possible) if possible else 0
    if 0 < earned < possible:
        cells = min(max(cells, 1), 4)
    return "▰" * cells + "▱" * (5 - cells)


def section(*lines: str, accessory: Element | None = None) -> Block:
    """A section of lines of mrkdwn. `verbatim` keeps imported text from becoming links and pings."""
    return SectionBlock(Text(_fit(lines), verbatim=True), accessory=accessory)


def sections(lines: Iterable[str]) -> list[Block]:
    """As many sections as the lines need."""
    found: list[list[str]] = [[]]
    for line in lines:
        if found[-1] and sum(len(one) + 1 for one in found[-1]) + len(line) > SECTION:
            found.append([])
        found[-1].append(line)
    return [section(*part) for part in found if part]


def _fit(lines: Sequence[str]) -> str:
    """Whole lines up to the limit, then an ellipsis: a line that was escaped is never cut inside."""
    whole = "\n".join(lines)
    if len(whole) <= SECTION:
        return whole or ELLIPSIS
    kept = ""
    for line in lines:
        if len(kept) + len(line) + 3 > SECTION:  # with two line ends and the ellipsis
            break
        kept += f"{line}\n"
    return kept + ELLIPSIS


def context(text: str) -> Block:
    return ContextBlock([Text(text, verbatim=True)])


def actions(*elements: Element) -> Block:
    return ActionsBlock(list(elements))


def button(label: str, action: str, value: str = "", *, style: str | None = None) -> Element:
    """A button. The value, at most 2,000 characters, is all the state it has."""
    kind: Any = style
    return Button(PlainText(cut(label, BUTTON)), action_id=action, value=value or None, style=kind)


def select(action: str, options: Sequence[tuple[str, str]], chosen: str | None = None) -> Element:
    """A menu of at most 100 (label, value)."""
    made = {value: Option(PlainText(cut(label, OPTION)), value) for label, value in options[:100]}
    initial = made.get(chosen) if chosen is not None else None
    return StaticSelectMenu(action_id=action, options=list(made.values()), initial_option=initial)


def channel_picker(label: str, block: str, action: str, chosen: str | None, hint: str) -> Block:
    """An input for a channel, public or private, never one shared with another company."""
    menu = ConversationSelectMenu(
        action_id=action,
        initial_conversation=chosen,
        filter=ConversationFilter(
            include=["public", "private"], exclude_external_shared_channels=True, exclude_bot_users=True
        ),
    )
    return InputBlock(PlainText(label), menu, block_id=block, hint=PlainText(hint))


def message(text: str, blocks: Sequence[Block]) -> Message:
    """A message: blocks, and beside them a complete `text`, which is all that phones and screen readers take."""
    if len(blocks) > MESSAGE_BLOCKS:
        raise ValueError(f"{len(blocks)} blocks; Slack takes {MESSAGE_BLOCKS}")
    return {"text": cut(text, TEXT), "blocks": _render(blocks)}


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    callback: str | None = None,
    submit: str | None = None,
    metadata: str = "",
) -> Modal:
    """A modal. `metadata` (at most 3,000 characters) comes back with its submission."""
    view = ModalView(
        title=PlainText(cut(title, TITLE)),
        blocks=list(blocks),
        close=PlainText(close),
        callback_id=callback,
        submit=PlainText(submit) if submit else None,
        private_metadata=metadata or None,
    )
    return {**view.to_dict(), "blocks": _render(blocks)}


def _render(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Each block once (the library's own Message renders all of them three times), with its place for an id."""
    for place, block in enumerate(blocks):
        if not isinstance(block, InputBlock):
            block.block_id = f"b{place}"
    rendered = [block._resolve() for block in blocks]
    for made in rendered:
        if made["type"] == "section":
            made["expand"] = True  # Slack folds long sections behind "See more"; the library does not know it
    return rendered
