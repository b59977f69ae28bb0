"""What conferences report, judged by their numbers: late, doubled and crossing reports end in the same place."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ivr.adapters.store import contacts, engagements, figures, legs, queue
from ivr.domain.conversation.legs import LegStatus
from ivr.domain.flow.actions import Enqueue
from ivr.domain.routing.agents import AgentState
from ivr.operations import agents as staff
from ivr.operations import conversation, lines
from ivr.operations import engagements as offers
from ivr.operations import queue as line_up
from tests.kit.town import Town, hire
from tests.webhooks.conftest import Door

_NUMBERS = count(1)


def _join(work, contact_id):
    contact = contacts.locked(work.db, contact_id)
    assert contact is not None
    line_up.join(work, contact, Enqueue(group="omstilling", topic=None))


def _accept(work, engagement_id):
    meeting = offers.lock_meeting(work, engagement_id)
    assert meeting is not None
    offers.accept(work, meeting)


@dataclass
class Room:
    """A caller and an agent who are about to meet, or have met, and the conference that reports of them."""

    door: Door
    contact: str
    citizen: str
    agent: str = ""
    agent_leg: str = ""
    engagement: str = ""

    @property
    def town(self) -> Town:
        return self.door.town

    def is_taken(self) -> "Room":
        """A new agent takes the caller, and is on the way into the room."""
        name = f"agent{next(_NUMBERS)}"
        self.town.operations.run(hire, name, f"+4572{next(_NUMBERS):06d}", "omstilling")
        with self.town.engine.connect() as db:
            self.agent = str(db.execute(text("SELECT id FROM agents WHERE username = :n"), {"n": name}).scalar_one())
        self.town.operations.run(staff.set_state, self.agent, AgentState.READY, None)
        with self.town.engine.connect() as db:
            engagement = engagements.live_of_agent(db, self.agent)
        assert engagement is not None and engagement.contact_id == self.contact
        self.engagement, self.agent_leg = engagement.id, engagement.leg_id
        self.town.operations.run(_accept, engagement.id)
        return self

    def tells(self, event: str, who: str = "", number: int = 1, sid: str = "CF1", **more: str) -> None:
        form = {"ConferenceSid": sid, "StatusCallbackEvent": event, "SequenceNumber": str(number)}
        label = {"citizen": self.citizen, "agent": self.agent_leg}.get(who)
        if label is not None:
            form["ParticipantLabel"] = label
        assert self.door.post(f"/voice/conference/{self.contact}", form | more).status == 200

    def leg(self, who: str = "citizen") -> legs.Leg:
        with self.town.engine.connect() as db:
            found = legs.get(db, self.citizen if who == "citizen" else self.agent_leg)
        assert found is not None
        return found

    @property
    def states(self) -> tuple[str, str]:
        """Of the engagement and of the caller's place in line."""
        with self.town.engine.connect() as db:
            engagement, entry = engagements.get(db, self.engagement), queue.latest(db, self.contact)
        assert engagement is not None and entry is not None
        return engagement.state.value, entry.state.value

    @property
    def shown_on_hold(self) -> bool:
        """What the agent's desk shows."""
        with self.town.engine.connect() as db:
            return figures.held_since(db, self.contact, self.town.contact().started_at) is not None

    def everything(self) -> object:
        """All that reports decide."""
        stays = [
            (leg.in_room, leg.held, leg.room, leg.room_sequence, leg.left_rooms)
            for leg in (self.leg("citizen"), self.leg("agent"))
        ]
        with self.town.engine.connect() as db:
            query = text("SELECT count(*) FROM events WHERE contact_id = :contact AND kind = 'connected'")
            begun = db.execute(query, {"contact": self.contact}).scalar_one()
        return stays, self.states, self.shown_on_hold, begun

    def hold_is_asked_for(self) -> None:
        with self.town.engine.begin() as db:
            legs.change(db, self.citizen, hold_asked=True)


def opened(door: Door) -> Room:
    """A caller in line whom an agent has taken; no report has come yet."""
    caller = door.arrives(f"CA{next(_NUMBERS):032d}")
    with door.town.engine.connect() as db:
        found = legs.get(db, caller.leg)
    assert found is not None
    door.town.operations.run(_join, found.contact_id)
    return Room(door, found.contact_id, caller.leg).is_taken()


@pytest.fixture
def room(door: Door) -> Room:
    return opened(door)


STORY = (
    ("participant-join", "citizen", 1, {"Hold": "false"}),
    ("participant-join", "agent", 2, {"Hold": "false"}),
    ("conference-start", "", 3, {}),
    ("participant-hold", "citizen", 4, {"Hold": "true"}),
    ("participant-unhold", "citizen", 5, {"Hold": "false"}),
    ("participant-hold", "citizen", 6, {"Hold": "true"}),
    ("participant-modify", "agent", 7, {"Hold": "false"}),
    ("participant-leave", "agent", 8, {"Hold": "false"}),
    ("participant-leave", "citizen", 9, {"Hold": "true"}),
    ("conference-end", "", 10, {}),
)


def played(door: Door, places: Iterable[int]) -> object:
    """What is known after the reports of the story at these places, in this order, while a hold is asked for."""
    room = opened(door)
    room.hold_is_asked_for()
    for place in places:
        event, who, number, more = STORY[place]
        room.tells(event, who, number, **more)
    return room.everything()


@pytest.mark.timeout(300)
def test_the_reports_of_a_conversation_end_in_the_same_place_in_any_order_and_number(door):
    in_order = cache(lambda told: played(door, range(told)))

    @given(st.data())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def whatever_order(data):
        told = data.draw(st.integers(1, len(STORY)))
        again = data.draw(st.lists(st.integers(0, told - 1), max_size=4))
        arrived = data.draw(st.permutations([*range(told), *again]))
        assert played(door, arrived) == in_order(told), arrived

    whatever_order()


def test_a_hold_reported_late_is_not_shown_once_the_caller_is_off_hold(room):
    room.hold_is_asked_for()
    room.tells("participant-join", "citizen", 1)
    room.tells("participant-unhold", "citizen", 5)
    room.tells("participant-hold", "citizen", 4)

    assert not room.leg().held
    assert not room.shown_on_hold


def test_a_join_reported_late_does_not_bring_back_whoever_has_left(room):
    room.tells("participant-leave", "citizen", 4)
    room.tells("participant-join", "citizen", 1)

    assert not room.leg().in_room


def test_a_hold_reported_after_the_carrier_was_asked_is_no_news(room):
    room.tells("participant-join", "citizen", 1)
    room.tells("participant-join", "agent", 2)
    room.town.operations.run(conversation.hold, room.agent, room.contact)
    room.town.operations.run(conversation.held, room.contact, room.citizen, True)
    room.town.operations.run(conversation.resume, room.agent, room.contact)
    room.town.operations.run(conversation.held, room.contact, room.citizen, False)

    room.tells("participant-hold", "citizen", 3, Hold="true")

    assert not room.leg().held
    assert not room.shown_on_hold


def test_a_hold_whose_reply_was_lost_is_known_by_its_report(room):
    room.tells("participant-join", "citizen", 1)
    room.tells("participant-join", "agent", 2)
    room.town.operations.run(conversation.hold, room.agent, room.contact)

    room.tells("participant-hold", "citizen", 3, Hold="true")

    assert room.leg().held
    assert room.shown_on_hold


def test_two_who_are_in_the_room_have_met_though_its_start_is_never_reported(room):
    room.tells("participant-join", "agent", 1)
    assert room.states == ("accepted", "offered")

    room.tells("participant-join", "citizen", 2)

    assert room.states == ("connected", "connected")


def test_two_in_different_rooms_have_not_met(room):
    room.tells("participant-join", "citizen", 1, sid="CF1")
    room.tells("participant-join", "agent", 1, sid="CF2")

    assert room.states == ("accepted", "offered")


def test_the_late_start_of_a_room_connects_nobody_in_the_next_one(room):
    room.tells("participant-join", "citizen", 1)
    room.town.operations.run(lines.closed, room.agent_leg, LegStatus.FAILED)
    room.is_taken()

    room.tells("conference-start", number=3)
    assert room.states == ("accepted", "offered")

    room.tells("conference-start", number=3, sid="CF2")
    assert room.states == ("connected", "connected")


def test_late_reports_of_a_room_change_nothing_in_the_next_one(room):
    room.tells("participant-join", "citizen", 1)
    room.town.operations.run(lines.closed, room.agent_leg, LegStatus.FAILED)
    room.is_taken()
    room.tells("participant-join", "citizen", 1, sid="CF2")
    room.tells("participant-leave", "citizen", 4)

    assert room.leg().in_room
    assert room.leg().room == "CF2"


def test_the_late_start_of_a_room_does_not_connect_what_the_desk_has_ended(room):
    room.tells("participant-join", "agent", 1)
    room.town.operations.run(conversation.hang_up, room.agent, room.contact)

    room.tells("conference-start", number=3)
    room.tells("participant-join", "citizen", 2)

    assert room.states == ("declined", "waiting")


def test_there_is_nobody_to_hold_before_the_two_have_met(room):
    with pytest.raises(conversation.NoConversation, match="The caller is not with you yet"):
        room.town.operations.run(conversation.hold, room.agent, room.contact)
