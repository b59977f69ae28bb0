"""What the machine must know from outside for one turn: hours, notices, the directory, the line."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ivr.adapters.store import cases, directory, links, notices, queue, speeds
from ivr.adapters.store.contacts import Contact
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow.facts import Facts, Texting
from ivr.domain.flow.graph import Line, Notice
from ivr.domain.flow.state import Place, State
from ivr.domain.language import Language, Text
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.estimate import wait_minutes
from ivr.domain.routing.hours import Opening
from ivr.operations.work import Work


def local(work: Work, plan: DialPlan) -> datetime:
    """The moment of this transaction, in the municipality's own time."""
    return work.now.astimezone(ZoneInfo(plan.calendar.zone))


def openings(work: Work, plan: DialPlan) -> Mapping[str, Opening]:
    """How every group stands now: by its hours, unless somebody has opened or closed it by hand."""
    now = local(work, plan)
    by_hand = notices.overrides(work.db, work.now)
    found = {}
    for group in plan.groups.values():
        override = by_hand.get(group.id)
        if override is None:
            found[group.id] = plan.calendar.at(group.hours, now)
        elif override.is_open:
            found[group.id] = Opening(is_open=True, closes_at=override.until)
        else:
            opens_at = override.until or plan.calendar.at(group.hours, now).opens_at
            found[group.id] = Opening(is_open=False, opens_at=opens_at, reason=override.reason)
    return found


def facts_for(work: Work, plan: DialPlan, line: Line, state: State, contact: Contact) -> Facts:
    """All that one turn of this call may need."""
    now = local(work, plan)
    position, minutes = _place_in_line(work, contact) if state.in_line else (None, None)
    is_waiting = state.place is Place.WAITING
    # Most turns of a busy day are those of waiting callers, and nothing of these is said to them.
    everybody, by_topic = ((), {}) if is_waiting else _notices(work, plan, now.date())
    employees = () if is_waiting else directory.everyone(work.db)
    groups = openings(work, plan)
    # Where 0 reaches somebody the house is open, by its hours or by hand.
    is_somebody_in = groups[line.person_group].is_open
    return Facts(
        now=now,
        line=groups[line.person_group] if is_somebody_in else plan.calendar.at(line.hours, now),
        openings=groups,
        texting=_texting(work, contact),
        notices=everybody,
        topic_notices=by_topic,
        employees={employee.id: employee for employee in employees},
        position=position,
        wait_minutes=minutes,
    )


def _place_in_line(work: Work, contact: Contact) -> tuple[int | None, tuple[int, int] | None]:
    entry = queue.live(work.db, contact.id)
    if entry is None:
        return None, None
    position = queue.position(work.db, entry)
    speed = speeds.of_group(work.db, entry.group_id)
    return position, None if speed is None else wait_minutes(position, speed.handle_seconds, speed.staffed)


def _texting(work: Work, contact: Contact) -> Texting:
    if contact.caller is None or contact.caller_pseudonym is None:
        return Texting.ASK
    number = PhoneNumber(contact.caller)
    if cases.is_exempt(work.db, number.e164):
        return Texting.NEVER
    if not number.may_receive_text or links.is_unreachable(work.db, contact.caller_pseudonym):
        return Texting.ASK
    return Texting.YES


def _notices(work: Work, plan: DialPlan, today: date) -> tuple[tuple[Text, ...], Mapping[str, tuple[Text, ...]]]:
    current = [notice for notice in plan.flow.notices if _is_on(notice, today)]
    by_hand = tuple(_text(notice.text) for notice in notices.on_air(work.db, work.now))
    everybody = (*by_hand, *(notice.text for notice in current if not notice.topics))
    by_topic: dict[str, tuple[Text, ...]] = {}
    for notice in current:
        for topic in notice.topics:
            by_topic[topic] = (*by_topic.get(topic, ()), notice.text)
    return everybody, by_topic


def _text(stored: Mapping[str, str]) -> Text:
    return {Language(language): sentence for language, sentence in stored.items()}


def _is_on(notice: Notice, today: date) -> bool:
    return (notice.first_day is None or notice.first_day <= today) and (
        notice.last_day is None or today <= notice.last_day
    )
