"""What the machine must know from outside for one turn: hours, notices, the directory, the line."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ivr.adapters.store import circumstances, house
from ivr.adapters.store.circumstances import Circumstances, InLine
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.notices import LiveNotice, Override
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow.facts import Facts, Texting
from ivr.domain.flow.graph import Line, Notice
from ivr.domain.flow.state import Place, State
from ivr.domain.language import Language, Text
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing import places
from ivr.domain.routing.estimate import wait_minutes
from ivr.domain.routing.hours import Opening
from ivr.operations.house import Standing
from ivr.operations.work import Work


class Openings(Mapping[str, Opening]):
    """How every group stands at one moment: by its hours, unless somebody has opened or closed it by hand.

    Each is worked out when it is asked for, since most turns ask for one of them.
    """

    def __init__(self, plan: DialPlan, by_hand: Mapping[str, Override], now: datetime) -> None:
        self._plan = plan
        self._by_hand = by_hand
        self._now = now

    def __getitem__(self, group_id: str) -> Opening:
        group = self._plan.groups[group_id]
        override = self._by_hand.get(group_id)
        if override is None or not override.holds(self._now):
            return self._plan.calendar.at(group.hours, self._now)
        if override.is_open:
            return Opening(is_open=True, closes_at=override.until)
        return Opening(is_open=False, opens_at=self._opens_after(group.hours, override.until), reason=override.reason)

    def _opens_after(self, hours: str, until: datetime | None) -> datetime | None:
        """When a group that is closed by hand opens: at the hour set, unless its hours are over by then. None if nobody knows."""
        if until is None:
            return self._plan.calendar.at(hours, self._now).opens_at
        then = self._plan.calendar.at(hours, until)
        return until if then.is_open else then.opens_at

    def __iter__(self) -> Iterator[str]:
        return iter(self._plan.groups)

    def __len__(self) -> int:
        return len(self._plan.groups)


def local(work: Work, plan: DialPlan) -> datetime:
    """The moment of this transaction, in the municipality's own time."""
    return work.now.astimezone(ZoneInfo(plan.calendar.zone))


def standing(work: Work) -> Standing:
    """What is set by hand for the whole house."""
    return work.house.standing(work.db, house.revision(work.db))


def facts_for(
    work: Work, plan: DialPlan, line: Line, state: State, contact: Contact, known: Circumstances | None = None
) -> Facts:
    """All that one turn of this call may need. `known` is asked of the store where it is not given."""
    now = local(work, plan)
    known = known or circumstances.of_contact(work.db, contact.id)
    stands = work.house.standing(work.db, known.revision)
    position, minutes = _place_in_line(work, known.in_line) if state.in_line else (None, None)
    # Most turns of a busy day are those of waiting callers, and nothing of these is said to them.
    everybody, by_topic = ((), {}) if state.place is Place.WAITING else _notices(stands.notices, plan, now)
    groups = Openings(plan, stands.overrides, now)
    person_group = groups[line.person_group]
    return Facts(
        now=now,
        # Where 0 reaches somebody the house is open, by its hours or by hand.
        line=person_group if person_group.is_open else plan.calendar.at(line.hours, now),
        openings=groups,
        texting=_texting(contact, known),
        notices=everybody,
        topic_notices=by_topic,
        employees=stands.employees,
        position=position,
        wait_minutes=minutes,
    )


def _place_in_line(work: Work, entry: InLine | None) -> tuple[int | None, tuple[int, int] | None]:
    speed = work.house.lines(work.db, work.now).get(entry.group_id) if entry is not None else None
    if entry is None or speed is None:
        return None, None
    position = speed.places.place(places.rank(entry.queue_class, entry.rank_at))
    return position, wait_minutes(position, speed.handle_seconds, speed.staffed)


def _texting(contact: Contact, known: Circumstances) -> Texting:
    if contact.caller is None:
        return Texting.ASK
    if known.exempt:
        return Texting.NEVER
    return Texting.ASK if known.unreachable or not PhoneNumber(contact.caller).may_receive_text else Texting.YES


def _notices(
    by_hand: Iterable[LiveNotice], plan: DialPlan, now: datetime
) -> tuple[tuple[Text, ...], Mapping[str, tuple[Text, ...]]]:
    current = [notice for notice in plan.flow.notices if _is_on(notice, now.date())]
    on_air = tuple(_text(notice.text) for notice in by_hand if notice.is_on(now))
    everybody = (*on_air, *(notice.text for notice in current if not notice.topics))
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
