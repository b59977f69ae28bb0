"""Named employees and departments: three callers of four know whom they want.

Presence is said before anybody is disturbed; a name that is not in the directory connects to nobody. The directory may
change while a call goes on, so an employee who was offered may be gone when chosen.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import ladder, people
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Event, PersonAnswered, PersonUnreached, Pressed, Silence, Spoke
from ivr.domain.flow.graph import TopicKind
from ivr.domain.flow.state import Place
from ivr.domain.heard import Heard
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.directory import Employee, Presence

DEPARTMENT = "department:"
"""Prefix of a department's id where employees and departments are offered together."""

MORE = "more:"
"""Stands last on a page that is not the last."""

KEYS = "12345678"
ASKING_FOR_A_NAME = frozenset({Place.DIRECTORY, Place.DIRECTORY_MENU})
"""Places at which whatever is said is meant as a name."""

_TO_GROUP, _TO_MESSAGE = "1", "2"
_UNKNOWN_NAMES = 2


def named(call: Call, event: Spoke) -> Call:
    """The caller named somebody: one is connected, several of that name are asked about."""
    known = tuple(entry for entry in event.heard.entries if exists(call, entry))
    if not known:
        return not_found(call)
    call = call.changing(topic=call.state.topic or _topic(call))
    if len(known) == 1:
        return chosen(call, known[0])
    return call.onward(Place.DIRECTORY_CHOICE, choices=known[: len(KEYS)])


def not_found(call: Call) -> Call:
    """Nobody of that name is here: it is asked for once more, and then a person helps.

    A name misheard counts as speech that was not understood, whatever the caller tries next.
    """
    state = call.state
    failures, names = state.failures + 1, state.unknown_names + 1
    call = call.noting(Fact.NAME_NOT_FOUND, place=state.place)
    call = call.changing(unknown_names=names, misheard=state.misheard + 1, topic=state.topic or _topic(call))
    if names >= _UNKNOWN_NAMES or failures >= call.flow.understanding.failures:
        return people.to_person(call.saying("name_not_found" if names == 1 else "name_not_found_again"))
    told = call.saying("name_not_found")
    if state.place in ASKING_FOR_A_NAME:
        return told.changing(failures=failures)
    return told.onward(Place.DIRECTORY, entry=None, group=None, failures=failures)


def _topic(call: Call) -> str | None:
    """What a call for a named person is about."""
    return next((topic.id for topic in call.flow.topics.values() if topic.kind is TopicKind.DIRECTORY), None)


def chosen(call: Call, entry: str) -> Call:
    """A department is its group's line; an employee is rung, or the caller is told when they are back.

    Nobody's telephone rings while both the number and the employee's own group are closed.
    """
    if entry.startswith(DEPARTMENT):
        return people.to_group(call, call.flow.departments[entry.removeprefix(DEPARTMENT)].group)
    employee = call.facts.employees[entry]
    number = reachable_at(call, employee)
    if number is None:
        away = saying_presence(call, employee).noting(Fact.PERSON_AWAY, entry=entry, presence=employee.presence)
        return away.onward(Place.PERSON_AWAY, entry=entry)
    group = group_of(call, entry)
    if not call.facts.line.is_open and not people.is_open(call, group):
        return people.closed(call.changing(entry=entry), group)
    told = call.saying("connecting_person", name=employee.name).noting(Fact.PERSON_DIALLED, entry=entry)
    return told.onward(Place.DIALLING, entry=entry, dials=number.e164)


def reachable_at(call: Call, employee: Employee) -> PhoneNumber | None:
    """The employee's telephone, if there is one and the employee is in, or should be back by now."""
    is_back = employee.until is not None and employee.until <= call.facts.now
    return employee.phone if employee.presence is Presence.IN or is_back else None


def saying_presence(call: Call, employee: Employee) -> Call:
    """Where the employee is and, where that is known, until when."""
    if employee.presence is Presence.IN or (employee.until is not None and employee.until <= call.facts.now):
        return call.saying("presence_no_phone", name=employee.name)
    if employee.until is None:
        return call.saying(f"presence_{employee.presence}", name=employee.name)
    return call.saying(f"presence_{employee.presence}_until", name=employee.name, when=call.moment(employee.until))


def keyed(call: Call, event: Pressed) -> Call:
    """1 reads the departments."""
    if event.keys != "1":
        return ladder.failed(call, event)
    if not call.flow.departments:
        return people.to_person(call)
    return listed(call, None)


def listed(call: Call, department: str | None, page: int = 0) -> Call:
    """Read a page of the departments, or of one department and its people."""
    return call.onward(Place.DIRECTORY_MENU, menu=department, page=page, choices=_page(call, department, page))


def back_in_list(call: Call) -> Call:
    """The page that the caller has come back to, as the directory is now."""
    return call.changing(choices=_page(call, call.state.menu, call.state.page))


def keyed_in_list(call: Call, event: Pressed) -> Call:
    """A numbered department leads to its people, a numbered person to the person."""
    state = call.state
    choices = dict(zip(KEYS, state.choices, strict=False))
    entry = choices.get(event.keys)
    if entry == MORE:
        return listed(call, state.menu, state.page + 1)
    if entry is None or not exists(call, entry):
        return ladder.failed(call, event)
    is_department = state.place is Place.DIRECTORY_MENU and state.menu is None
    department = entry.removeprefix(DEPARTMENT)
    if is_department and len(_entries(call, department)) > 1:
        return listed(call, department)
    return chosen(call, entry)


def meant(call: Call, heard: Heard) -> str | None:
    """The one of several with the same name that was said, by name or by department."""
    choices = [entry for entry in call.state.choices if exists(call, entry)]
    fitting = [entry for entry in choices if entry in heard.entries]
    if len(fitting) == 1:
        return fitting[0]
    departments = {entry.removeprefix(DEPARTMENT) for entry in heard.entries if entry.startswith(DEPARTMENT)}
    people_of = [
        entry
        for entry in fitting or choices
        if entry in call.facts.employees and call.facts.employees[entry].department in departments
    ]
    return people_of[0] if len(people_of) == 1 else None


def answered(call: Call, event: PersonAnswered) -> Call:
    """The two have spoken; there is nothing left to do for the caller."""
    return call.noting(Fact.PERSON_REACHED, entry=call.state.entry).saying("goodbye").at(Place.OVER)


def unreached(call: Call, event: PersonUnreached | Silence) -> Call:
    """Nobody took it: the department, a message, or a person. An urgent matter goes on to whoever is in."""
    entry = call.state.entry
    noted = call.noting(Fact.PERSON_UNREACHED, entry=entry)
    if entry is None:
        return people.duty_unreached(noted)
    return saying_unreached(noted).at(Place.PERSON_AWAY)


def saying_unreached(call: Call) -> Call:
    """Why the employee who was asked for is not on the line."""
    employee = call.facts.employees.get(call.state.entry or "")
    if employee is None:
        return call
    if reachable_at(call, employee) is None:
        return saying_presence(call, employee)
    return call.saying("person_unreached", name=employee.name)


def keyed_when_away(call: Call, event: Pressed) -> Call:
    """The department, with the time already spent counted, or a message to it."""
    group = group_of(call, call.state.entry)
    if event.keys == _TO_GROUP:
        return people.to_group(call, group, from_start=True)
    if event.keys == _TO_MESSAGE:
        return call.onward(Place.MESSAGE, group=group)
    return ladder.failed(call, event)


def group_of(call: Call, entry: str | None) -> str:
    """The group that takes over for the employee asked for."""
    employee = call.facts.employees.get(entry or "")
    department = call.flow.departments.get(employee.department) if employee else None
    return department.group if department else call.line.person_group


def exists(call: Call, entry: str) -> bool:
    """Whether the entry is in the directory now."""
    if entry.startswith(DEPARTMENT):
        return entry.removeprefix(DEPARTMENT) in call.flow.departments
    return entry in call.facts.employees


def _page(call: Call, department: str | None, page: int) -> tuple[str, ...]:
    entries = _entries(call, department)[page * (len(KEYS) - 1) :]
    return entries if len(entries) <= len(KEYS) else (*entries[: len(KEYS) - 1], MORE)


def _entries(call: Call, department: str | None) -> tuple[str, ...]:
    if department is None:
        return tuple(DEPARTMENT + id for id in call.flow.departments)
    staff = (employee.id for employee in call.facts.employees.values() if employee.department == department)
    return (DEPARTMENT + department, *staff)


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.DIRECTORY, Pressed): keyed,
    (Place.DIRECTORY_MENU, Pressed): keyed_in_list,
    (Place.DIRECTORY_CHOICE, Pressed): keyed_in_list,
    (Place.DIALLING, PersonAnswered): answered,
    (Place.DIALLING, PersonUnreached): unreached,
    (Place.DIALLING, Silence): unreached,
    (Place.PERSON_AWAY, Pressed): keyed_when_away,
}
