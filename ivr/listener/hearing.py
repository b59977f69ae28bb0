"""One stream from its start to the answer: whom it belongs to, what is heard on it, and what is told to the call.

What a worker hears is told by a *desk*, a thread that writes to the store, so that no worker waits for it; a stream keeps
to one desk, which tells its news in their order.
"""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial

import structlog

from ivr.adapters.carrier.media import StreamStarted
from ivr.adapters.recognition.models import NoModel
from ivr.adapters.recognition.stream import TELEPHONE_RATE, Ear, Utterance
from ivr.adapters.recognition.vosk import Models
from ivr.assembly import Parts
from ivr.domain.heard import Words
from ivr.listener.pool import Pool, Stream
from ivr.operations import listening
from ivr.telemetry import ListenerCounters

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What every stream of this process shares."""

    parts: Parts
    models: Models
    pool: Pool
    counters: ListenerCounters


class Hearing:
    """The stream of one question. It is over when its question is, and is then heard no more."""

    def __init__(self, room: Room, desk: Executor, started: StreamStarted) -> None:
        self._room, self._desk = room, desk
        self._run = room.parts.operations.run
        self._call_id = started.call_id
        self._stream: Stream | None = None
        self._is_speaking = False
        self._is_stopped = self._is_cut = False
        self.token = started.token
        self.is_over = False

    def begin(self) -> "Future[None]":
        """Take the stream on, or tell the call that nobody can listen."""
        return self._news(self._begin)

    def feed(self, mulaw: bytes) -> None:
        """The next piece of the caller's sound."""
        if self._stream is not None:
            self._stream.feed(mulaw)

    def stop(self) -> None:
        """The carrier has stopped the stream, as the next document tells it to: an answer under way still counts."""
        self._is_stopped = True
        if self._stream is not None:
            self._stream.finish()

    def cut_off(self) -> None:
        """The stream has broken. What was being said is taken for the answer; if nothing was, the keys take over."""
        self._is_cut = True
        if self._stream is not None:
            self._stream.finish()

    def fail(self, reason: str) -> None:
        """Nobody can listen any more: the same question by keys."""
        self._news(partial(self._fail, reason))

    def end(self) -> None:
        """The question is over: nothing that still comes in is heard."""
        self.is_over = True
        if self._stream is not None:
            self._stream.fall_deaf()

    # What the pool's workers tell.

    def speaks(self) -> None:
        self._is_speaking = True
        self._news(partial(self._run, listening.speaking, self.token))

    def said(self, utterance: Utterance) -> None:
        ended = time.perf_counter()
        was_speaking, self._is_speaking = self._is_speaking, False
        if utterance.text:
            # One answer to one question: what comes after it belongs to no question.
            self.end()
            self._news(partial(self._answer, utterance.text, ended))
        elif self._is_cut:
            self.fail("broken")
        elif self._is_stopped:
            self.end()
        elif utterance.is_unclear:
            self._news(partial(self._run, listening.murmured, self.token))
        elif was_speaking:
            self._news(partial(self._run, listening.nothing_said, self.token))

    def broke(self, reason: str) -> None:
        self.fail(reason)

    # What a desk does.

    def _begin(self) -> None:
        question = self._run(listening.begin, self.token, self._call_id)
        if question is None:
            log.warning("stream_without_question")
            self.end()
            return
        try:
            model = self._room.models.of(question.language)
        except NoModel as problem:
            log.warning("model_missing", problem=problem.text)
            self._fail("no_model")
            return
        self._stream = self._room.pool.take_on(self, lambda: Ear(model.recogniser(question.phrases, TELEPHONE_RATE)))
        if self._stream is None:
            self._fail("full")

    def _answer(self, text: str, ended: float) -> None:
        is_taken = self._run(listening.heard, self.token, Words(text=text))
        self._room.counters.decisions.observe(time.perf_counter() - ended)
        self._room.counters.answers.labels("taken" if is_taken else "too_late").inc()

    def _fail(self, reason: str) -> None:
        if self._run(listening.failed, self.token, reason):
            self._room.counters.failures.labels(reason).inc()
            log.warning("listening_failed", reason=reason)
        self.end()

    def _news(self, tell: Callable[[], object]) -> "Future[None]":
        return self._desk.submit(self._told, tell)

    def _told(self, tell: Callable[[], object]) -> None:
        """A desk outlives whatever goes wrong. A question that is lost so is found by the dispatcher: it is not attended."""
        try:
            tell()
        except Exception as error:
            log.exception("news_lost", error=type(error).__name__)
            self.end()
