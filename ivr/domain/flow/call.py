"""One turn of a call while it is being decided: the plan, where the caller stands, what is known, and what follows.

`Call` is a value; each of its methods gives a new one or a piece of speech. The rules that use it are in `machine`,
`finding`, `helping` and `reaching`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow.actions import Deed, Note, Say
from ivr.domain.flow.facts import Facts
from ivr.domain.flow.graph import Flow, Line, Topic
from ivr.domain.flow.state import Place, State, Step
from ivr.domain.language import Text

_TRAIL_LENGTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call in the middle of a turn. `said` and `deeds` are what this turn has decided so far."""

    flow: Flow
    state: State
    facts: Facts
    said: tuple[Say, ...] = ()
    deeds: tuple[Deed, ...] = ()

    @property
    def line(self) -> Line:
        return next(line for line in self.flow.lines.values() if line.id == self.state.line)

    @property
    def topic(self) -> Topic | None:
        return self.flow.topics[self.state.topic] if self.state.topic else None

    def words(self, occasion: str, **params: Any) -> Say:
        """The prompt for an occasion, in the caller's language, with its gaps filled."""
        sentence = self.flow.words[occasion][self.state.language]
        return Say(text=sentence.format(**params) if params else sentence, language=self.state.language)

    def text(self, text: Text) -> str:
        """A text of the plan in the caller's language."""
        return text[self.state.language]

    def saying(self, occasion: str, **params: Any) -> "Call":
        """Say the prompt for an occasion before whatever comes next."""
        return replace(self, said=(*self.said, self.words(occasion, **params)))

    def saying_text(self, text: Text) -> "Call":
        """Say a text of the plan before whatever comes next."""
        return replace(self, said=(*self.said, Say(text=self.text(text), language=self.state.language)))

    def doing(self, *deeds: Deed) -> "Call":
        """Do something besides speaking."""
        return replace(self, deeds=(*self.deeds, *deeds))

    def noting(self, fact: Fact, **data: Any) -> "Call":
        """Write a fact into the log."""
        return self.doing(Note(kind=fact, data=data))

    def changing(self, **changes: Any) -> "Call":
        """The state with some fields changed, at the same place."""
        return replace(self, state=replace(self.state, **changes))

    def at(self, place: Place, **changes: Any) -> "Call":
        """Go to a place; the caller was understood, so failures are forgotten."""
        return self.changing(place=place, failures=0, **changes)

    def onward(self, place: Place, **changes: Any) -> "Call":
        """Go to a place, remembering the way back."""
        state = self.state
        step = Step(place=state.place, menu=state.menu, topic=state.topic, entry=state.entry)
        return self.at(place, trail=(*state.trail, step)[-_TRAIL_LENGTH:], **changes)

    def moment(self, moment: datetime) -> str:
        """A coming moment as people say it: "i morgen klokken 9"."""
        local = moment.astimezone(self.facts.now.tzinfo)
        clock = f"{local.hour}" if local.minute == 0 else f"{local.hour}:{local.minute:02}"
        days = (local.date() - self.facts.now.date()) / timedelta(days=1)
        if days < 1:
            return self.words("moment_today", clock=clock).text
        if days < 2:
            return self.words("moment_tomorrow", clock=clock).text
        weekday = self.words(f"weekday_{local.weekday()}").text
        if days < 7:
            return self.words("moment_weekday", weekday=weekday, clock=clock).text
        month = self.words(f"month_{local.month}").text
        return self.words("moment_date", weekday=weekday, day=local.day, month=month, clock=clock).text
