"""Logging: structlog on the standard library, JSON lines for machines, colours on a terminal, no secrets in either."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

_SECRET = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+"  # tokens
    r"|(?<=//)[^/\s:@]+:[^/\s@]+(?=@)"  # name and password in a URL
    r"|(?<=/commands/)[\w/]+|(?<=/actions/)[\w/]+|(?<=ticket=)[\w-]+"  # what a response_url or a Socket Mode URL allows
)

# Bolt logs whole bodies of requests at INFO and below, the SDK whole answers.
_TALKATIVE = ("slack_bolt", "slack_sdk", "websocket", "urllib3", "apscheduler", "alembic")

# Bolt remarks at each start that it will not use SLACK_BOT_TOKEN, as we hand it an authorized client.
_TOKEN_REMARK = re.compile(r"As (you gave `client`|`installation_store` or `authorize`)")


def configure(level: str) -> None:
    """Send everything to standard error, from `level` on; libraries that log contents only from WARNING on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=_rendering(), foreign_pre_chain=shared))
    handler.addFilter(_quiet)
    logging.root.handlers = [handler]
    logging.root.setLevel(level)
    logging.captureWarnings(True)


def _quiet(record: logging.LogRecord) -> bool:
    """A filter on the handler, because Bolt sets the levels of its loggers itself."""
    if record.name.startswith(_TALKATIVE):
        return record.levelno >= logging.WARNING and not _TOKEN_REMARK.match(str(record.msg))
    return True


def _rendering() -> list[Processor]:
    first = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if sys.stderr.isatty():
        return [first, redact, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [first, structlog.processors.format_exc_info, redact, structlog.processors.JSONRenderer()]


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Take tokens, passwords and URLs that act as such out of every text, however deep it stands."""
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    match value:
        case str():
            return _SECRET.sub("…", value)
        case dict():
            return {key: _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
    return value
