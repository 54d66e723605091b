"""What is counted, for `GET /metrics` (Prometheus). Labels are ids that the code declares or Slack's error codes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from time import perf_counter
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState

from bot.errors import UserError

# Slack waits 3 s for an acknowledgement; a person feels anything above 0.2 s.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)

ACKNOWLEDGED = Histogram(
    "engagement_bot_acknowledgement_seconds", "From a request's arrival to its acknowledgement", ["transport"],
    buckets=_SECONDS,
)  # fmt: skip
LISTENERS = Counter("engagement_bot_listeners_total", "Listeners run", ["kind", "id", "outcome"])
LISTENER_SECONDS = Histogram(
    "engagement_bot_listener_seconds", "Duration of a listener, work after its acknowledgement included",
    ["kind", "id"], buckets=_SECONDS,
)  # fmt: skip
REFUSED = Counter("engagement_bot_requests_refused_total", "HTTP requests that did not come from Slack", ["reason"])
SLACK_ERRORS = Counter("engagement_bot_slack_errors_total", "Web API calls that Slack refused", ["method", "error"])
JOBS = Counter("engagement_bot_jobs_total", "Turns of jobs", ["job", "outcome"])
EXACTLY_ONCE = Gauge(
    "engagement_bot_exactly_once", "Whether a doubtful post can be looked up, by the kind of channel; 0: at most once",
    ["channel"], multiprocess_mode="mostrecent",
)  # fmt: skip
BUILD = Gauge("engagement_bot_build_info", "The running version", ["version"], multiprocess_mode="mostrecent")
BUILD.labels(version("engagement-bot")).set(1)


def measure(kind: str, identity: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """A listener that is counted and timed. Outcomes: `ok`, `refused` (a UserError), `failed`.

    `identity` is what Bolt matches: an id, a pattern of ids, or the type of an event. Bolt reads the names of the
    arguments through the wrapper.
    """
    labels = (kind, label(identity))
    seconds = LISTENER_SECONDS.labels(*labels)
    outcomes = {outcome: LISTENERS.labels(*labels, outcome) for outcome in ("ok", "refused", "failed")}

    @wraps(function)
    def measured(*args: Any, **kwargs: Any) -> Any:
        started = perf_counter()
        outcome = "failed"
        try:
            result = function(*args, **kwargs)
            outcome = "ok"
            return result
        except UserError:
            outcome = "refused"
            raise
        finally:
            seconds.observe(perf_counter() - started)
            outcomes[outcome].inc()

    return measured


def label(identity: Any) -> str:
    match identity:
        case re.Pattern():
            return str(identity.pattern)
        case {"type": str(event)}:
            return event
    return str(identity)


class CountErrors(RetryHandler):
    """Counts what Slack refuses. It stands first among a WebClient's retry handlers and never retries itself."""

    def can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        code = _error(response)
        if code is not None:
            SLACK_ERRORS.labels(request.url.rsplit("/", 1)[-1].split("?")[0], code).inc()
        return False


def _error(response: HttpResponse | None) -> str | None:
    if response is None:
        return "no_answer"
    if response.status_code != 200:
        return f"http_{response.status_code}"
    body = response.body or {}
    return str(body.get("error", "unknown")) if body.get("ok") is False else None


def exposition() -> tuple[str, bytes]:
    """Content type and text of all metrics: of this process, or of all workers where there are several."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return CONTENT_TYPE_LATEST, generate_latest(registry)
