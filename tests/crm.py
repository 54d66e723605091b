"""A CRM that keeps what is pushed in a file, which outlives a process that is killed. It fails as it is told to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.crm import Pushed
from bot.errors import DeliveryError

LOST = "lost"  # the answer to what was taken


@dataclass
class RecordingCrm:
    """`failures` come one by one, before the next calls: a DeliveryError, LOST, or None for a call that goes well."""

    path: Path
    failures: list[DeliveryError | str | None] = field(default_factory=list)
    name: str = "recording"

    def create(self, one: Pushed) -> str:
        is_lost = self._fail()
        remote_id = f"R{len(self.calls()) + 1}"
        self._write("create", remote_id, one)
        return self._answer(remote_id, is_lost=is_lost)

    def update(self, remote_id: str, one: Pushed) -> None:
        is_lost = self._fail()
        if remote_id not in self.held():
            raise DeliveryError("not found", temporary=False)
        self._write("update", remote_id, one)
        self._answer(remote_id, is_lost=is_lost)

    def find_by_marker(self, one: Pushed) -> str | None:
        is_lost = self._fail()
        found = next((id_ for id_, held in self.held().items() if held["marker"] == one.marker), None)
        self._answer("", is_lost=is_lost)
        return found

    def _fail(self) -> bool:
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, DeliveryError):
            raise failure
        return failure == LOST

    def _answer(self, remote_id: str, *, is_lost: bool) -> str:
        if is_lost:
            raise DeliveryError("TimeoutError", temporary=True)
        return remote_id

    def _write(self, what: str, remote_id: str, one: Pushed) -> None:
        said: dict[str, Any] = {"marker": one.marker, "kind": one.kind, "records": [list(key) for key in one.records]}
        said |= {"title": one.title, "body": one.body, "due_on": str(one.due_on or ""), "is_done": one.is_done}
        said |= {"author": one.author, "assignee": one.assignee}
        with self.path.open("a") as file:
            file.write(json.dumps([what, remote_id, said]) + "\n")

    def calls(self) -> list[tuple[str, str, dict[str, Any]]]:
        """What was written, in order."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [tuple(json.loads(line)) for line in lines]

    def held(self) -> dict[str, dict[str, Any]]:
        """What it has now, by its ids."""
        return {remote_id: said for _, remote_id, said in self.calls()}

    def doubled(self) -> Iterator[str]:
        """The markers that it has more than once."""
        markers = [said["marker"] for what, _, said in self.calls() if what == "create"]
        yield from {marker for marker in markers if markers.count(marker) > 1}
