"""What was seen lately: Slack sends an event again when its acknowledgement came late, and one answer is enough."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock


class Recent:
    """The last ids, in this process. Slack's retries come within six minutes of the event."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def is_new(self, identity: str) -> bool:
        """Whether an id was not seen before; from now on it was."""
        with self._lock:
            new = identity not in self._ids
            self._ids[identity] = None
            if len(self._ids) > self._most:
                self._ids.popitem(last=False)
        return new
