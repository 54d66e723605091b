"""The two ways in which the local Slack says no: as Slack itself would, or because it does not model what was asked."""

from __future__ import annotations

from typing import Any


class RefusalError(Exception):
    """Slack's own refusal: HTTP 200 with `ok: false`, the error's code and whatever else Slack says beside it."""

    def __init__(self, code: str, messages: list[str] | None = None, **more: Any) -> None:
        super().__init__(code, *(messages or []))
        self.code = code
        self.messages = messages or []
        self.more = more

    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            answer["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.messages]}
        return answer


class NotModelledError(Exception):
    """Something that real Slack takes and this one does not know: HTTP 501, so that no test passes on it by luck."""


class ImpossibleError(Exception):
    """What a person cannot do in Slack's client: press a button that is not there, write where they are not."""
