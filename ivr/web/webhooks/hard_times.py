"""When the store cannot be reached: nobody is dropped, everybody gets a person (`docs/decisions/006-hard-times.md`).

A new caller is told and put through to the number's fallback. A caller who is in a call already hears music and asks
again, three times, since the store may be back in seconds; then the fallback too. What is needed for this is kept in a
file by whoever last took up a good plan.
"""

import threading

from flask import Response

from ivr.adapters.carrier import addresses, twiml
from ivr.adapters.files import plan_files
from ivr.domain.flow.actions import Say
from ivr.domain.flow.graph import Flow, Line
from ivr.domain.phone import PhoneNumber
from ivr.operations.plans import flow_of
from ivr.settings import Settings
from ivr.web.webhooks.door import xml

_TRIES = 3


class HardTimes:
    """The last good plan, read when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._flow: Flow | None = None
        self._lock = threading.Lock()

    def new_caller(self, called: PhoneNumber | None) -> Response:
        """Told so, and put through."""
        return self._put_through(called)

    def known_caller(self, leg: str, tries: int, *, is_ours: bool, called: PhoneNumber | None) -> Response:
        """Music and another try, three times; then a person. A call that we made ourselves (`is_ours`) is let go."""
        if tries < _TRIES:
            again = addresses.next_document(self._settings.public_url, leg, tries=tries + 1)
            return xml(twiml.music_then(again, self._settings.public_url, stops_listening=self._listens()))
        return self.let_go() if is_ours else self._put_through(called)

    def let_go(self) -> Response:
        """A call that we made ourselves and can no longer place."""
        return xml(twiml.refused())

    def whisper(self, leg: str) -> Response:
        """A named employee has picked up: asked for the key all the same, and told no more than that."""
        flow = self._plan()
        language = _first(flow).languages[0]
        words = Say(text=flow.words["whisper_person"][language], language=language)
        place = twiml.ReplyAddress(public_url=self._settings.public_url, leg=leg, turn=0, speakers=flow.speakers)
        return xml(twiml.whisper((words,), place))

    def _put_through(self, called: PhoneNumber | None) -> Response:
        flow = self._plan()
        line = flow.lines.get(called) if called is not None else None
        line = line or _first(flow)
        words = tuple(Say(text=flow.words["store_down"][language], language=language) for language in line.languages)
        return xml(twiml.put_through(words, line.fallback, flow.speakers, stops_listening=self._listens()))

    def _listens(self) -> bool:
        """Whether a stream of ours may be open on the line: nobody is listened to while put through."""
        return bool(self._plan().vocabularies)

    def _plan(self) -> Flow:
        with self._lock:
            if self._flow is None:
                settings = self._settings
                kept = plan_files.last_good(settings.var)
                sources = kept or plan_files.read_sources(settings.routes, settings.grammars)
                self._flow = flow_of(sources)
            return self._flow


def _first(flow: Flow) -> Line:
    return next(iter(flow.lines.values()))
