"""Named employees and departments: three callers of four know whom they want.

Presence is said before anybody is disturbed; a name that is not in the directory connects to nobody.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import ladder, people
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Event, PersonAnswered, PersonUnreached, Pressed, Silence, Spoke
from ivr.domain.flow.graph import TopicKind
from ivr.domain.flow.state import Place
from ivr.domain.routing.directory import Employee, Presence

DEPARTMENT = "department:"
"""Prefix of a department's id where employees and departments are offered together."""

KEYS = "12345678"
_TO_GROUP, _TO_MESSAGE = "1", "2"


def named(call: Call, entries: tuple[str, ...]) -> Call:
    """The caller named somebody: one is connected, several of that name are asked about."""
    known = tuple(entry for entry in entries if _exists(call, entry))
    if not known:
        return ladder.failed(call, silent=False, misheard=True)
    topic = next((t.id for t in call.flow.topics.values() if t.kind is TopicKind.DIRECTORY), None)
    call = call.changing(topic=call.state.topic or topic)
    if len(known) == 1:
        return chosen(call, known[0])
    return call.onward(Place.DIRECTORY_CHOICE, choices=known[: len(KEYS)])


def chosen(call: Call, entry: str) -> Call:
    """A department is its group's line; an employee is rung, or the caller is told when they are back."""
    if entry.startswith(DEPARTMENT):
        return people.to_group(call, call.flow.departments[entry.removeprefix(DEPARTMENT)].group)
    employee = call.facts.employees[entry]
    if employee.presence is not Presence.IN or employee.phone is None:
        return saying_presence(call, employee).onward(Place.PERSON_AWAY, entry=entry)
    told = call.saying("connecting_person", name=employee.name).noting(Fact.PERSON_DIALLED, entry=entry)
    return told.onward(Place.DIALLING, entry=entry)


def saying_presence(call: Call, employee: Employee) -> Call:
    """Where the employee is and, where that is known, until when."""
    occasion = f"presence_{employee.presence}"
    if employee.presence is Presence.IN:
        return call.saying("presence_no_phone", name=employee.name)
    if employee.until is not None and employee.until > call.facts.now:
        return call.saying(f"{occasion}_until", name=employee.name, when=call.moment(employee.until))
    return call.saying(occasion, name=employee.name)


def spoke(call: Call, event: Spoke) -> Call:
    if event.heard.wants_person and not event.heard.entries:
        return people.to_person(call.noting(Fact.PERSON_ASKED_FOR))
    return named(call, event.heard.entries)


def keyed(call: Call, event: Pressed) -> Call:
    """1 reads the departments."""
    if event.keys == "1":
        return call.onward(
            Place.DIRECTORY_MENU, menu=None, choices=tuple(DEPARTMENT + d for d in call.flow.departments)
        )
    return ladder.failed(call, silent=False)


def keyed_in_list(call: Call, event: Pressed) -> Call:
    """A numbered department leads to its people, a numbered person to the person."""
    index = KEYS.find(event.keys)
    if not 0 <= index < len(call.state.choices):
        return ladder.failed(call, silent=False)
    entry = call.state.choices[index]
    if call.state.place is Place.DIRECTORY_MENU and call.state.menu is None and entry.startswith(DEPARTMENT):
        department = entry.removeprefix(DEPARTMENT)
        staff = [e.id for e in call.facts.employees.values() if e.department == department]
        return call.onward(Place.DIRECTORY_MENU, menu=department, choices=(entry, *staff)[: len(KEYS)])
    return chosen(call, entry)


def spoke_in_list(call: Call, event: Spoke) -> Call:
    """Of two with the same name, the department said tells which."""
    choices = set(call.state.choices)
    fitting = [entry for entry in event.heard.entries if entry in choices]
    if len(fitting) == 1:
        return chosen(call, fitting[0])
    departments = {entry.removeprefix(DEPARTMENT) for entry in event.heard.entries if entry.startswith(DEPARTMENT)}
    by_department = [
        e for e in choices if e in call.facts.employees and call.facts.employees[e].department in departments
    ]
    if len(by_department) == 1:
        return chosen(call, by_department[0])
    return ladder.failed(call, silent=False, misheard=True)


def answered(call: Call, event: PersonAnswered) -> Call:
    return call.noting(Fact.PERSON_REACHED, entry=call.state.entry).at(Place.OVER)


def unreached(call: Call, event: PersonUnreached) -> Call:
    """Nobody took it: the department, a message, or a person. An urgent matter goes on to whoever is in."""
    noted = call.noting(Fact.PERSON_UNREACHED, entry=call.state.entry)
    if call.state.entry is None:
        return people.to_group(noted.saying("duty_unreached").changing(topic=None), call.line.person_group)
    employee = call.facts.employees[call.state.entry]
    return noted.saying("person_unreached", name=employee.name).at(Place.PERSON_AWAY)


def keyed_when_away(call: Call, event: Pressed) -> Call:
    group = group_of(call)
    if event.keys == _TO_GROUP:
        return people.to_group(call, group, from_start=True)
    if event.keys == _TO_MESSAGE:
        return call.onward(Place.MESSAGE, group=group)
    return ladder.failed(call, silent=False)


def spoke_when_away(call: Call, event: Spoke) -> Call:
    """A yes takes the first offer, the department; another name is tried."""
    if event.heard.affirms:
        return people.to_group(call, group_of(call), from_start=True)
    return spoke(call, event)


def group_of(call: Call) -> str:
    """The group that takes over for the employee asked for."""
    employee = call.facts.employees.get(call.state.entry or "")
    department = call.flow.departments.get(employee.department) if employee else None
    return department.group if department else call.line.person_group


def _exists(call: Call, entry: str) -> bool:
    if entry.startswith(DEPARTMENT):
        return entry.removeprefix(DEPARTMENT) in call.flow.departments
    return entry in call.facts.employees


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.DIRECTORY, Spoke): spoke,
    (Place.DIRECTORY, Pressed): keyed,
    (Place.DIRECTORY, Silence): ladder.silence,
    (Place.DIRECTORY_MENU, Pressed): keyed_in_list,
    (Place.DIRECTORY_MENU, Spoke): spoke,
    (Place.DIRECTORY_MENU, Silence): ladder.silence,
    (Place.DIRECTORY_CHOICE, Pressed): keyed_in_list,
    (Place.DIRECTORY_CHOICE, Spoke): spoke_in_list,
    (Place.DIRECTORY_CHOICE, Silence): ladder.silence,
    (Place.DIALLING, PersonAnswered): answered,
    (Place.DIALLING, PersonUnreached): unreached,
    (Place.PERSON_AWAY, Pressed): keyed_when_away,
    (Place.PERSON_AWAY, Spoke): spoke_when_away,
    (Place.PERSON_AWAY, Silence): ladder.silence,
}
