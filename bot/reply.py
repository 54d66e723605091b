"""The answer to a click or a late command: one POST to its response_url, never repeated blindly.

Bolt's `respond()` would post twice when a connection drops after Slack took the message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.errors import DeliveryError

Reply = Callable[..., None]  # reply(text=…, blocks=…): in place of the message whose button was pressed


def replier(response_url: str) -> Reply:
    """A function that answers at this address. Slack allows 5 answers within 30 minutes."""

    def reply(*, replace_original: bool = True, response_type: str = "ephemeral", **message: Any) -> None:
        # Made when it is needed: most commands are answered in their acknowledgement.
        client = WebhookClient(response_url, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)], timeout=10)
        response = client.send(replace_original=replace_original, response_type=response_type, **message)
        if response.status_code != 200:
            raise DeliveryError(response.body, temporary=response.status_code >= 500)

    return reply
