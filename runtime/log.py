"""Structured logs. No message bodies, no tokens, no addresses in clear: keys and codes only."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from runtime import trace
from runtime.settings import ProcessSettings

_SECRET = ("token", "password", "secret", "cookie", "authorization", "text", "body")


def configure(name: str, settings: ProcessSettings) -> None:
    """Sets up this process's logs: lines for people, or JSON for machines, on standard error."""

    def name_it(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = name
        if running := trace.current.get():
            event["trace"] = running
        return event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        name_it,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    last: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if settings.log_format == "json"
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # The default prints each frame's variables: passwords and tokens among them.
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
    )
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr, force=True)


def hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A field whose name speaks of a secret loses its value, whoever logged it."""
    for key in event:
        if any(part in key.lower() for part in _SECRET):
            event[key] = "[hidden]"
    return event


def get(name: str) -> Any:
    """A logger; `name` says which part of the process speaks."""
    return structlog.get_logger(part=name)
