"""What the machine must know from outside for one turn: hours, notices, the directory, the line."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ivr.adapters.store import circumstances, house
from ivr.adapters.store.circumstances import Circumstances
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.notices import LiveNotice, Override
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow.facts import Facts, Texting
from ivr.domain.flow.graph import Line, Notice
from ivr.domain.flow.state import Place, State
from ivr.domain.language import Language, Text
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.hours import Opening
from ivr.operations.callbacks import promised_to, rings_back
from ivr.operations.crowds import Crowds, foresight
from ivr.operations.house import Standing
from ivr.operations.returning import lost_place
from ivr.operations.work import Work

# Where a lost place is offered, and where it is taken.
_MAY_RETURN = (Place.GREETING, Place.RETURNING)
_MAY_BE_PROMISED = (Place.GREETING, Place.PROMISED)


class Openings(Mapping[str, Opening]):
    """How every group stands at `now` (local): by its hours, unless somebody has opened or closed it by hand.

    Each is worked out when it is asked for, since most turns ask for one of them.
    """

    def __init__(self, plan: DialPlan, by_hand: Mapping[str, Override], now: datetime) -> None:
        self._plan = plan
        self._by_hand = by_hand
        self._now = now

    def __getitem__(self, group_id: str) -> Opening:
        hours = self._plan.groups[group_id].hours
        override = self.by_hand(group_id)
        if override is None:
            return self._plan.calendar.at(hours, self._now)
        ends = override.until.astimezone(self._now.tzinfo) if override.until is not None else None
        then = self._plan.calendar.at(hours, ends) if ends is not None else None
        if override.is_open:
            return Opening(is_open=True, closes_at=then.closes_at if then and then.is_open else ends)
        # Closed until somebody changes it: no hour can be promised, not even that at which the hours begin again.
        opens_at = ends if then is None or then.is_open else then.opens_at
        return Opening(is_open=False, opens_at=opens_at, reason=override.reason)

    def by_hand(self, group_id: str) -> Override | None:
        """What somebody has set for the group, while it holds: then its hours decide nothing."""
        override = self._by_hand.get(group_id)
        return override if override is not None and override.holds(self._now) else None

    def of_line(self, line: Line) -> Opening:
        """How a number stands: where 0 reaches somebody the house is open, by its hours or by hand."""
        person_group = self[line.person_group]
        return person_group if person_group.is_open else self._plan.calendar.at(line.hours, self._now)

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
    waiting = foresight(work, known.in_line if state.in_line else None)
    # Most turns of a busy day are those of waiting callers, and nothing of these is said to them.
    everybody, by_topic = ((), {}) if state.place is Place.WAITING else notices_at(stands.notices, plan, now)
    groups = Openings(plan, stands.overrides, now)
    return Facts(
        now=now,
        line=groups.of_line(line),
        openings=groups,
        texting=_texting(contact, known),
        notices=everybody,
        topic_notices=by_topic,
        employees=stands.employees,
        position=waiting.position,
        wait_minutes=waiting.minutes,
        able=waiting.able,
        waited=waiting.waited,
        crowds=Crowds(work),
        lost_place=lost_place(work, plan, contact) if state.place in _MAY_RETURN else None,
        promised=promised_to(work, contact) if state.place in _MAY_BE_PROMISED else (),
        rings_back=rings_back(contact),
    )


def _texting(contact: Contact, known: Circumstances) -> Texting:
    if contact.caller is None:
        return Texting.ASK
    if known.exempt:
        return Texting.NEVER
    return Texting.ASK if known.unreachable or not PhoneNumber(contact.caller).may_receive_text else Texting.YES


def notices_at(
    by_hand: Iterable[LiveNotice], plan: DialPlan, now: datetime
) -> tuple[tuple[Text, ...], Mapping[str, tuple[Text, ...]]]:
    """What every caller hears at `now` (local), those set by hand first, and what those hear who ask for a topic."""
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
