"""What becomes, with the next document, of the stream by which we listen to a line ourselves."""

from dataclasses import dataclass
from datetime import timedelta

START_WITHIN = timedelta(seconds=2)
"""A stream that has not begun by then is not waited for."""

SEEN_WITHIN = timedelta(seconds=4)
"""Whoever listens gives a sign of life every second; after that long without one nobody listens any more."""

LONGEST_SPEECH = timedelta(seconds=60)
"""For so long a question is kept open for a caller who has not come to an end. Carriers cut speech off there, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """With `token` a new stream begins, one that `stays` goes on, and else there is none: what there was is stopped."""

    token: str | None = None
    stays: bool = False
