"""What nobody waits for: failures are logged with a reference of their own, and end nothing else."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.edge import attempt


def fail() -> str:
    raise ValueError("no")


def test_what_the_work_gives_is_handed_on() -> None:
    with capture_logs() as written:
        assert attempt("not read", lambda: "read") == "read"
    assert written == []


def test_what_fails_is_logged_with_its_ids_and_a_reference_of_its_own() -> None:
    with capture_logs() as written:
        assert [attempt("not read", fail, line=number) for number in (1, 2)] == [None, None]
    assert [(one["event"], one["line"], one["exc_info"]) for one in written] == [
        ("not read", 1, True),
        ("not read", 2, True),
    ]
    assert written[0]["reference"] != written[1]["reference"]


def test_what_it_may_raise_is_raised() -> None:
    with capture_logs() as written, pytest.raises(ValueError, match="no"):
        attempt("not read", fail, raises=(ValueError,))
    assert written == []
