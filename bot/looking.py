"""Where answers leave while a super admin looks as somebody else: each says so."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, BoltResponse
from slack_sdk import WebClient

from bot.blocks import looking as show
from bot.blocks.kit import Home, Message, Modal
from bot.blocks.words import Words
from bot.reply import Reply


class Looking:
    """Says in answers and modals as whom somebody looks."""

    def __init__(self, name: str, words: Words) -> None:
        self._name, self._words = name, words

    def message(self, made: Message) -> Message:
        return show.message(made, self._name, self._words)

    def modal(self, made: Modal) -> Modal:
        return show.modal(made, self._name, self._words)

    def home(self, made: Home) -> Home:
        return show.home(made, self._name, self._words)

    def replier(self, reply: Reply) -> Reply:
        def tell(**made: Any) -> None:
            reply(**self.message(made))

        return tell


class LookingAck(Ack):
    """Bolt's acknowledgement, of a command with an answer or of a modal with another."""

    def __init__(self, looking: Looking) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.looking = looking

    def __call__(  # type: ignore[override]  # by name, as all listeners call it
        self, text: Any = "", blocks: Any = None, view: Any = None, **rest: Any
    ) -> BoltResponse:
        made = self.looking.message({"text": text, "blocks": blocks}) if blocks else {"text": text, "blocks": blocks}
        return super().__call__(**made, view=self.looking.modal(view) if view else None, **rest)


class LookingClient:
    """Slack's client: modals and direct messages say so; what is posted for others does not."""

    def __init__(self, slack: WebClient, looking: Looking) -> None:
        self._slack, self._looking = slack, looking

    def __getattr__(self, name: str) -> Any:
        return getattr(self._slack, name)

    def views_open(self, *, view: Modal, **rest: Any) -> Any:
        return self._slack.views_open(view=self._looking.modal(view), **rest)

    def views_push(self, *, view: Modal, **rest: Any) -> Any:
        return self._slack.views_push(view=self._looking.modal(view), **rest)

    def views_update(self, *, view: Modal, **rest: Any) -> Any:
        return self._slack.views_update(view=self._looking.modal(view), **rest)

    def views_publish(self, *, view: Home, **rest: Any) -> Any:
        return self._slack.views_publish(view=self._looking.home(view), **rest)

    def chat_postMessage(self, *, channel: str, **made: Any) -> Any:  # noqa: N802  (the client's own name)
        message = self._looking.message(made) if channel.startswith("D") else made
        return self._slack.chat_postMessage(channel=channel, **message)
