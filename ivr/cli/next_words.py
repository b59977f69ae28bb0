"""What a caller would hear next at the open question, on a day when everything is open and nobody waits."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow import machine
from ivr.domain.flow.actions import Action, Ask, Say, Wait
from ivr.domain.flow.events import Event, Spoke
from ivr.domain.flow.facts import Facts
from ivr.domain.flow.state import Place, State
from ivr.domain.heard import Heard
from ivr.domain.language import Language
from ivr.domain.routing.directory import Employee, Presence
from ivr.domain.routing.hours import Opening


def next_words(plan: DialPlan, heard: Heard, language: Language) -> tuple[str, ...]:
    """The sentences, in order. The first number of the plan is called, from a telephone that takes texts."""
    line = next(iter(plan.flow.lines.values()))
    now = datetime.now(ZoneInfo(plan.calendar.zone))
    is_open = Opening(is_open=True, closes_at=now + timedelta(hours=4))
    # Whoever is asked for by name stands in some directory: here everybody is in, and in the first department.
    place = next(iter(plan.flow.departments), "")
    people = {
        id: Employee(id=id, name=id, department=place, phone=line.fallback, presence=Presence.IN)
        for id in heard.entries
        if ":" not in id
    }
    facts = Facts(now=now, line=is_open, openings=dict.fromkeys(plan.groups, is_open), employees=people)
    state = State(place=Place.QUESTION, line=line.id, language=language)
    event: Event = Spoke(heard)
    _, actions = machine.advance(plan.flow, state, event, facts)
    return sentences(actions)


def sentences(actions: Iterable[Action]) -> tuple[str, ...]:
    """What is said of all that is to be said and done, in order."""
    said: list[str] = []
    for action in actions:
        match action:
            case Say():
                said.append(action.text)
            case Ask() | Wait():
                said += [say.text for say in action.say]
    return tuple(said)
