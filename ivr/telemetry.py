"""The log's format, what it must never hold, and what is counted.

Telephone numbers are personal data and CPR numbers more so: both are masked anywhere in a log line, in our own values and
in the words of a library's exception. Rather too much is masked than too little; dates and UUIDs, which look alike and
are needed, are kept.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_KEPT_OR_MASKED = re.compile(
    r"(?P<kept>"
    r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"
    r"|\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?(?![\d-])"
    r")"
    r"|(?P<cpr>(?<![\w+])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-\s]?\d{4}(?!\w))"
    r"|(?P<phone>(?<![\w+.])(?:\+|%2[bB])?\(?\d(?:[\s().\-/\u00a0]{0,2}\d){7,14}(?!\w))"
)
_LONG_NUMBER = 8


def mask(text: str) -> str:
    """The text without telephone numbers and CPR numbers; a number keeps its last two digits, a CPR number none."""
    return _KEPT_OR_MASKED.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    if match["kept"] is not None:
        return match["kept"]
    if match["cpr"] is not None:
        return "[cpr]"
    return f"[…{match[0][-2:]}]"


def mask_value(value: Any) -> Any:
    """A log value with everything in it masked, however deep it lies."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return mask(str(value)) if len(str(abs(value))) >= _LONG_NUMBER else value
    if isinstance(value, float):
        return value
    if isinstance(value, Mapping):
        return {mask_value(key): mask_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(inner) for inner in value]
    return mask(str(value))


def mask_numbers(logger: Any, name: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """The structlog processor that masks; it stands last before the renderer, so that nothing comes after it."""
    return {key: value if key.startswith("_") else mask_value(value) for key, value in event.items()}


def configure(*, json_lines: bool | None = None, level: int = logging.INFO) -> None:
    """Send our log and that of every library to standard error, masked: JSON lines for a machine, else for a person."""
    for_machines = not sys.stderr.isatty() if json_lines is None else json_lines
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if for_machines else _console()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    lines = logging.StreamHandler()
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, mask_numbers, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(level)


def _console() -> Any:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


class Counters:
    """What this process counts of itself; what the database knows is read from there (`web/health.py`)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "ivr_request_seconds",
            "Time to answer a request, by the part of the program that answered.",
            ("part", "method", "status"),
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
            registry=self.registry,
        )
        self.webhooks = Histogram(
            "ivr_webhook_seconds",
            "Time to answer the carrier, which gives up after 15 s; ours must be under 3 s.",
            ("webhook", "status"),
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
            registry=self.registry,
        )
        self.failures = Counter(
            "ivr_request_failures_total", "Requests that failed by our fault.", ("part",), registry=self.registry
        )


class ListenerCounters:
    """What a listener counts of itself; `streams` tells how many it is listening to."""

    def __init__(self, streams: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        under_way = Gauge("ivr_listening_streams", "Streams that are being listened to.", registry=self.registry)
        under_way.set_function(streams)
        self.answers = Counter(
            "ivr_listening_answers_total",
            "Spoken answers, by whether they were taken or came too late.",
            ("result",),
            registry=self.registry,
        )
        self.failures = Counter(
            "ivr_listening_failures_total",
            "Questions that had to be asked by keys instead.",
            ("reason",),
            registry=self.registry,
        )
        self.decisions = Histogram(
            "ivr_listening_decision_seconds",
            "From the end of speech to the decision, written down; should be under 60 ms.",
            buckets=(0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.25, 0.5, 1, 3),
            registry=self.registry,
        )
