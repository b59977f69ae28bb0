"""Misbehaviour of the carrier, by seed: everything that a real one does on a bad day.

A field is a probability from 0 to 1 unless its name says otherwise. Each kind draws from its own stream of numbers,
so that adding one kind does not change when the others strike. What was done is written to `done`, for tests and for
the reader of a failed run.
"""

import random
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Mischief:
    seed: int = 0
    drop_callback: float = 0.0
    double_callback: float = 0.0
    delay_callback: float = 0.0
    """Delayed callbacks are overtaken by later ones: this is also how they are reordered."""
    double_document: float = 0.0
    late_document: float = 0.0
    unanswered_document: float = 0.0
    """The request is made, the answer is lost: 15 s later the carrier goes to the fallback or says its canned
    sentence."""
    cross_update: float = 0.0
    """A REST update meets a Gather whose action has just been requested; which document wins is drawn."""
    lose_rest_reply: float = 0.0
    refuse_rest: float = 0.0
    """429 without doing anything: may be repeated."""
    ring_longer: float = 0.0
    lose_line: float = 0.0
    """A line drops within a minute of being answered."""
    label_lingers: float = 0.0
    """A participant's label stays taken for some seconds after the participant has left (16025)."""
    stream_never_starts: float = 0.0
    """No socket is opened, and nothing is told of it."""
    stream_starts_late: float = 0.0
    stream_breaks_off: float = 0.0
    """The socket is lost within seconds, without a last message or a report."""
    longest_delay_seconds: float = 8.0
    done: list[str] = field(default_factory=list)
    _streams: dict[str, random.Random] = field(default_factory=dict, repr=False)

    @classmethod
    def none(cls) -> "Mischief":
        return cls()

    @classmethod
    def some(cls, seed: int, share: float = 0.1) -> "Mischief":
        """A bad day: every kind at `share`, the ruinous ones more rarely."""
        return cls(
            seed=seed,
            drop_callback=share,
            double_callback=share,
            delay_callback=share,
            double_document=share,
            late_document=share,
            unanswered_document=share / 10,
            cross_update=share,
            lose_rest_reply=share,
            refuse_rest=share,
            ring_longer=share * 5,
            lose_line=share / 5,
            label_lingers=share,
            stream_never_starts=share / 2,
            stream_starts_late=share,
            stream_breaks_off=share / 2,
        )

    def strikes(self, kind: str, what: str = "") -> bool:
        """Whether this kind of mischief happens now; noted in `done` when it does."""
        probability = getattr(self, kind)
        if probability <= 0 or self._stream(kind).random() >= probability:
            return False
        self.done.append(f"{kind} {what}".strip())
        return True

    def seconds(self, kind: str, longest: float | None = None) -> float:
        return self._stream(kind).uniform(0.2, longest or self.longest_delay_seconds)

    def _stream(self, kind: str) -> random.Random:
        if kind not in self._streams:
            self._streams[kind] = random.Random(f"{self.seed}/{kind}")
        return self._streams[kind]
