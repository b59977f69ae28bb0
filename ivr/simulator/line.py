"""One end of a call: what a person on a telephone hears and does. In virtual time it also moves the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ivr.simulator.clock import VirtualClock
from ivr.simulator.track import seconds_of
from ivr.simulator.twiml.performance import Pressed, Spoke
from ivr.simulator.twiml.sound import spoken_seconds

if TYPE_CHECKING:
    from ivr.simulator.call import Call
    from ivr.simulator.phone import Phone

LONGEST_ANSWER_SECONDS = 70
"""Speech ends at 60 s; then the silence that follows it."""
MICROPHONE_LEAD_SECONDS = 0.1
"""What the sound of a microphone may be late on its way from the browser before it is torn."""


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """Something heard: words, or a recording by its address."""

    at: datetime
    text: str
    language: str = ""
    media: str = ""

    def contains(self, words: str) -> bool:
        return self.end_of(words) is not None

    def end_of(self, words: str, begin: int = 0) -> int | None:
        """Where `words` end in what was heard, looked for from `begin`; None where they are not in it."""
        found = _plain(self.text or self.media).find(_plain(words), begin)
        return None if found < 0 else found + len(_plain(words))


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A line of the transcript. `kind` is heard (from the carrier), talk (from a person), pressed, said or happened."""

    at: datetime
    kind: str
    text: str
    language: str = ""
    is_heeded: bool = True


class Line:
    """A telephone line in a call. `state` is ringing, in-progress or a final status of the call."""

    def __init__(self, phone: "Phone", call: "Call") -> None:
        self.phone, self.call = phone, call
        self.heard: list[Utterance] = []
        self.turns: list[Turn] = []
        self.on_heard: list[Callable[[Utterance], None]] = []
        self.on_ended: list[Callable[[], None]] = []
        self._consumed = 0  # utterances
        self._consumed_of_next = 0  # letters, of the one after them
        self._clock = phone.carrier.clock
        call.line = self

    @property
    def sid(self) -> str:
        return self.call.sid

    @property
    def state(self) -> str:
        return self.call.status

    @property
    def is_live(self) -> bool:
        return self.call.is_live

    @property
    def in_conference(self) -> str | None:
        """The name of the conference that the line is in."""
        participant = self.call.participant
        return participant.conference.name if participant and participant.has_joined else None

    @property
    def is_held(self) -> bool:
        return bool(self.call.participant and self.call.participant.hold)

    @property
    def is_listened_to(self) -> bool:
        """Whether the sound of this line goes out to somebody at this moment."""
        return bool(self.call.streams.live)

    @property
    def hears_music(self) -> bool:
        return self.call.hears_music

    def answer(self) -> "Line":
        with self._clock.lock:
            self._note("happened", "answers")
            self.call.answer()
        return self._settled()

    def decline(self) -> None:
        with self._clock.lock:
            self._note("happened", "declines")
            self.call.end_if_ringing("busy")
        self._settled()

    def press(self, digits: str) -> "Line":
        """Press keys one after another. A key that nothing listens for is lost, as on a real line."""
        for digit in digits:
            self.perceive(Pressed(digit))
            self._settled()
        return self

    def say(self, text: str, confidence: float | None = 0.9) -> "Line":
        """Speak. In virtual time the sentence has been heard to its end, and answered, when this returns."""
        heeded = self.perceive(Spoke(text, confidence, spoken_seconds(text)))
        if heeded and isinstance(self._clock, VirtualClock):
            if self.call.is_recorded:
                self._clock.advance(spoken_seconds(text))
            else:
                before = len(self.heard)
                self._clock.run(LONGEST_ANSWER_SECONDS, lambda: len(self.heard) > before or not self.call.is_asked)
        return self._settled()

    def speak(self, sound: bytes) -> "Line":
        """Speak aloud: µ-law at 8 kHz, for whoever listens to the call's sound. In virtual time it has been said to its
        end when this returns."""
        self.utter(sound)
        if isinstance(self._clock, VirtualClock):
            self._clock.advance(seconds_of(sound))
        return self._settled()

    def utter(self, sound: bytes) -> None:
        """Begin to speak aloud, without letting time pass."""
        with self._clock.lock:
            self._leave_utterance()
            self._note("said", f"[{seconds_of(sound):.1f} s]", is_heeded=self.is_listened_to)
            self.call.track.say(sound, self._clock.now())

    def speak_into(self, sound: bytes) -> None:
        """A piece of what a microphone hears, as it comes; a late piece follows upon the one before."""
        with self._clock.lock:
            self.call.track.say(sound, self._clock.now(), lead=MICROPHONE_LEAD_SECONDS)

    def perceive(self, occurrence: Pressed | Spoke) -> bool:
        """A key or a sentence, without letting time pass; whether the carrier listened for it."""
        with self._clock.lock:
            self._leave_utterance()
            heeded = self.call.perceive(occurrence)
            if isinstance(occurrence, Pressed):
                self._note("pressed", occurrence.digit, is_heeded=heeded)
                return heeded
            listeners = [call.line for call in self.call.others_in_talk() if call.line is not None]
            self._note("said", occurrence.text, is_heeded=heeded or bool(listeners))
            for other in listeners:
                other.is_told(occurrence.text)
            return heeded

    def silence(self, seconds: float) -> "Line":
        self._leave_utterance()
        self._virtual.advance(seconds)
        return self

    def hang_up(self) -> None:
        """The person ends the call."""
        self._leave("hangs up")

    def drop(self) -> None:
        """The line is lost; the carrier cannot tell it from a hang-up."""
        self._leave("line lost")

    def hears(self, words: str, within: float = 40) -> Utterance:
        """Let time pass until something containing `words` begins to be heard, after what was consumed before.

        What follows in the same utterance may be heard next, until the person does something.
        """

        def is_heard() -> bool:
            while self._consumed < len(self.heard):
                end = self.heard[self._consumed].end_of(words, self._consumed_of_next)
                if end is not None:
                    self._consumed_of_next = end
                    return True
                self._consumed, self._consumed_of_next = self._consumed + 1, 0
            return False

        if not self._virtual.run(within, is_heard):
            raise AssertionError(f"{words!r} was not heard within {within} s\n{self.transcript()}")
        self._settled()
        return self.heard[self._consumed]

    def hears_no(self, words: str, within: float = 10) -> None:
        """Let `within` seconds pass in which nothing containing `words` is heard."""
        self._leave_utterance()
        start = self._consumed
        self._virtual.advance(within)
        if any(utterance.contains(words) for utterance in self.heard[start:]):
            raise AssertionError(f"{words!r} was heard\n{self.transcript()}")

    def ends(self, within: float = 60) -> str:
        """Let time pass until the call is over; its final status."""
        if not self._virtual.run(within, lambda: not self.is_live):
            raise AssertionError(f"the call did not end within {within} s\n{self.transcript()}")
        self._settled()
        return self.state

    def joins_conference(self, within: float = 30) -> str:
        """Let time pass until the line is in a conference; its name."""
        if not self._virtual.run(within, lambda: self.in_conference is not None):
            raise AssertionError(f"no conference within {within} s\n{self.transcript()}")
        self._settled()
        return self.in_conference or ""

    def transcript(self) -> str:
        """The dialogue both ways, readable."""
        signs = {"heard": "<", "talk": "<<", "pressed": "> #", "said": ">", "happened": "--"}
        lines = [
            f"{turn.at:%H:%M:%S} {signs[turn.kind]} {turn.text}{'' if turn.is_heeded else ' (not heeded)'}"
            for turn in self.turns
        ]
        state = f"in conference {self.in_conference}" if self.in_conference else self.state
        problems = [
            f"   ! {problem}" for problem in self.phone.carrier.problems if problem.call_sid in ("", self.call.sid)
        ]
        head = f"{self.call.from_} -> {self.call.to} ({self.call.sid}), {state} at {self._clock.now():%H:%M:%S}"
        return "\n".join([head, *lines, *problems])

    def begins_to_hear(self, text: str, language: str, media: str) -> None:
        """Called by the carrier, under the lock."""
        utterance = Utterance(at=self._clock.now(), text=text, language=language, media=media)
        self.heard.append(utterance)
        self._note("heard", text or f"[{media}]", language)
        for listener in list(self.on_heard):
            listener(utterance)

    def is_told(self, text: str) -> None:
        """Another person in the talk says something."""
        self._note("talk", text)

    def is_ended(self) -> None:
        """Called by the carrier, under the lock."""
        self._note("happened", f"call {self.call.status}")
        for listener in list(self.on_ended):
            listener()

    def _leave_utterance(self) -> None:
        """What is left of an utterance in which something was heard is of no interest any more."""
        if self._consumed_of_next:
            self._consumed, self._consumed_of_next = self._consumed + 1, 0

    def _leave(self, how: str) -> None:
        with self._clock.lock:
            self._note("happened", how)
            self.call.end()
        self._settled()

    def _note(self, kind: str, text: str, language: str = "", is_heeded: bool = True) -> None:
        turn = Turn(at=self._clock.now(), kind=kind, text=text, language=language, is_heeded=is_heeded)
        self.turns.append(turn)

    def _settled(self) -> "Line":
        """In virtual time, everything that follows at this very instant has happened."""
        if isinstance(self._clock, VirtualClock):
            self._clock.advance(0)
        return self

    @property
    def _virtual(self) -> VirtualClock:
        if not isinstance(self._clock, VirtualClock):
            raise TypeError("only virtual time can be moved")
        return self._clock


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
