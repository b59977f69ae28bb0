"""One turn of a call while it is being decided: the plan, where the caller stands, what is known, and what follows.

`Call` is a value; each of its methods gives a new one or a piece of speech. The rules that use it stand in the tables
that `machine` joins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow.actions import Deed, Note, Say
from ivr.domain.flow.facts import Facts
from ivr.domain.flow.graph import Flow, Line, Topic
from ivr.domain.flow.state import WAYPOINTS, Place, State, Step
from ivr.domain.language import Language, Text

_TRAIL_LENGTH = 8
_LANGUAGE_KEYS = "2345678"


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

    @property
    def other_languages(self) -> Mapping[str, Language]:
        """The languages of the number but the one spoken, by the key that chooses each at the open question."""
        others = [language for language in self.line.languages if language != self.state.language]
        return dict(zip(_LANGUAGE_KEYS, others, strict=False))

    def words(self, occasion: str, **params: Any) -> Say:
        """The prompt for an occasion, in the caller's language, with its gaps filled."""
        sentence = self.flow.words[occasion][self.state.language]
        return Say(text=sentence.format(**params) if params else sentence, language=self.state.language)

    def text(self, text: Text) -> str:
        """A text of the plan in the caller's language."""
        return text[self.state.language]

    def saying(self, occasion: str, **params: Any) -> "Call":
        """Say the prompt for an occasion before whatever comes next."""
        return self.hearing(self.words(occasion, **params))

    def hearing(self, *said: Say) -> "Call":
        """Say finished sentences, in whatever language, before whatever comes next."""
        return replace(self, said=(*self.said, *said))

    def saying_text(self, text: Text) -> "Call":
        """Say a text before whatever comes next: in the caller's language, or else in the first that it is written in.

        A text of the plan has every language; one written by hand in a hurry may not.
        """
        for language in (self.state.language, *self.line.languages):
            if text.get(language):
                return self.hearing(Say(text=text[language], language=language))
        return self

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
        """Go to a place. The caller was understood, so failures are forgotten, and so are numbers given for one purpose."""
        return self.changing(**{"place": place, "failures": 0, "mobile": None, "dials": None, **changes})

    def onward(self, place: Place, **changes: Any) -> "Call":
        """Go to a place, remembering the way back if this one is a waypoint."""
        state = self.state
        trail = state.trail
        if state.place in WAYPOINTS:
            step = Step(place=state.place, menu=state.menu, page=state.page, entry=state.entry, group=state.group)
            trail = (*trail, step)[-_TRAIL_LENGTH:]
        return self.at(place, trail=trail, **changes)

    def back(self) -> "Call":
        """Go to the last waypoint; before the first one, to the open question. Whoever is choosing has no topic yet."""
        if not self.state.trail:
            return self.from_start()
        step = self.state.trail[-1]
        return self.at(
            step.place,
            menu=step.menu,
            page=step.page,
            entry=step.entry,
            group=step.group,
            topic=None if step.place is Place.MENU else self.state.topic,
            candidates=(),
            trail=self.state.trail[:-1],
        )

    def from_start(self) -> "Call":
        """Go to the open question, as at the beginning of the call."""
        nothing: dict[str, Any] = {"menu": None, "page": 0, "topic": None, "entry": None, "group": None}
        return self.at(Place.QUESTION, candidates=(), choices=(), recalled=False, trail=(), **nothing)

    def moment(self, moment: datetime) -> str:
        """A coming moment as people say it: "i morgen klokken 9". Midnight is a day and no hour."""
        local = moment.astimezone(self.facts.now.tzinfo)
        day = self._day(local.date())
        if local.time() == time(0) and day is not None:
            return day
        clock = self.words("clock_on_the_hour" if local.minute == 0 else "clock", hour=local.hour, minute=f"{local:%M}")
        return self.words("moment_today" if day is None else "moment", day=day, clock=clock.text).text

    def _day(self, day: date) -> str | None:
        days = (day - self.facts.now.date()).days
        if days < 1:
            return None
        if days < 2:
            return self.words("day_tomorrow").text
        weekday = self.words(f"weekday_{day.weekday()}").text
        if days < 7:
            return weekday
        return self.words("day_date", weekday=weekday, day=day.day, month=self.words(f"month_{day.month}").text).text
