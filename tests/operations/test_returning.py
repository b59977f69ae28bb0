"""A dropped call on one real PostgreSQL: who has lost a place, who may have it back, and that it is had back once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text

from ivr.adapters.store import contacts, events, queue
from ivr.adapters.store.queue import Entry
from ivr.assembly import Parts
from ivr.domain.contacts.facts import Fact
from ivr.domain.conversation.legs import LegStatus
from ivr.domain.flow.actions import Say, Spoken
from ivr.domain.flow.events import Pressed
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.patience import Standing
from ivr.domain.routing.queue import EntryState, QueueClass
from ivr.operations import dialplan, legs, lines, notices
from tests.kit.town import KAREN, MAIN, Town, sources
from tests.operations.test_races import SETTINGS, assemble

OFFER = "få din plads i køen igen"
ROUNDS = 15


@pytest.fixture
def parts(engine, database_url):
    made = assemble(SETTINGS, database_url)
    made.operations.run(dialplan.take_up, sources())
    # These tests run by the real clock, at whatever hour that is.
    made.operations.run(notices.set_open, "sofie", "omstilling", True, "", None)
    yield made
    made.engine.dispose()


@dataclass(frozen=True)
class Call:
    """A call to the main number, one turn taken."""

    leg: str
    sid: str
    contact: str


def call(parts: Parts, sid: str, number: str) -> Call:
    reply = parts.operations.run(legs.arrive, sid, PhoneNumber(number), PhoneNumber(MAIN))
    return Call(reply.leg, sid, reply.contact)


def press(parts: Parts, made: Call, turn: int, keys: str) -> str:
    reply = parts.operations.run(legs.take_turn, made.leg, made.sid, turn, Pressed(keys))
    return words(reply.spoken)


def words(spoken: tuple[Spoken, ...]) -> str:
    said = [say for part in spoken for say in ([part] if isinstance(part, Say) else getattr(part, "say", ()))]
    return " ".join(say.text for say in said)


def entries(parts: Parts, contact: str) -> list[Entry]:
    with parts.engine.connect() as db:
        ids = db.execute(text("SELECT id FROM queue_entries WHERE contact_id = :c ORDER BY id"), {"c": contact})
        return [entry for row in ids if (entry := queue.get(db, str(row.id))) is not None]


def gives_up(parts: Parts, sid: str, number: str) -> Call:
    """Somebody joins the line of the switchboard and hangs up there."""
    made = call(parts, sid, number)
    press(parts, made, 0, "0")
    parts.operations.run(lines.closed, made.leg, LegStatus.COMPLETED)
    return made


def at_once(first: Callable[[], str], second: Callable[[], str]) -> tuple[str, str]:
    """What two turns say that are taken at the same moment, each on a connection of its own."""
    barrier = Barrier(2)

    def released(turn: Callable[[], str]) -> str:
        barrier.wait(10)
        return turn()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(released, (first, second))
    return one, other


def test_of_two_calls_that_take_one_place_at_the_same_moment_one_has_it_and_the_other_is_told(parts):
    for n in range(ROUNDS):
        number = f"+45203041{n:02d}"
        (old,) = entries(parts, gives_up(parts, f"CA{n}", number).contact)
        one, other = call(parts, f"CB{n}", number), call(parts, f"CC{n}", number)

        said = at_once(partial(press, parts, one, 0, "1"), partial(press, parts, other, 0, "1"))

        (new,) = [*entries(parts, one.contact), *entries(parts, other.contact)]
        assert (new.place_of, new.entered_at, new.rank_at) == (old.id, old.entered_at, old.rank_at)
        assert sum("Du har fået din plads i køen igen." in heard for heard in said) == 1
        assert sum("Din plads i køen er der desværre ikke længere." in heard for heard in said) == 1


def test_a_place_is_taken_once_though_nobody_looked(parts):
    (old,) = entries(parts, gives_up(parts, "CA1", KAREN).contact)
    second, third = call(parts, "CA2", KAREN), call(parts, "CA3", KAREN)
    press(parts, second, 0, "1")
    (new,) = entries(parts, second.contact)

    with pytest.raises(Exception, match="uq_queue_entries_place_of"), parts.engine.begin() as db:
        queue.add(
            db,
            {
                "id": third.contact,
                "contact_id": third.contact,
                "group_id": old.group_id,
                "state": EntryState.WAITING,
                "queue_class": int(QueueClass.ORDINARY),
                "language": "da",
                "entered_at": old.entered_at,
                "place_of": old.id,
            },
            new.asked,
            Standing(needs=new.needs, rank_at=new.rank_at),
        )


def line_of(town: Town, *, hidden: bool = False):
    return town.calls(caller_id="anonymous") if hidden else town.calls()


def stands_in_line(town: Town, *, hidden: bool = False):
    line = line_of(town, hidden=hidden)
    line.press("0")
    line.hears("i kø til")
    return line


def latest_entry(town: Town) -> Entry:
    with town.engine.connect() as db:
        found = queue.latest(db, town.contact().id)
    assert found is not None
    return found


def is_offered(town: Town, line: Any) -> bool:
    line.hears("Velkommen")
    return Fact.PLACE_OFFERED in town.facts()


@pytest.mark.parametrize("seconds, offered", [(5, True), (118, True), (122, False)])
def test_the_place_is_offered_within_two_minutes(town: Town, seconds: int, offered: bool):
    stands_in_line(town).hang_up()
    town.wait(seconds)

    assert is_offered(town, town.calls()) is offered


def test_the_wait_goes_on_as_if_nothing_had_happened_and_the_two_calls_are_linked(town: Town):
    stands_in_line(town).hang_up()
    town.wait(30)
    before, old = town.contact(), latest_entry(town)

    line = town.calls()
    line.hears(OFFER)
    line.press("1")
    line.hears("fået din plads")

    new, contact = latest_entry(town), town.contact()
    assert (new.group_id, new.entered_at, new.rank_at) == (old.group_id, old.entered_at, old.rank_at)
    assert (new.state, new.queue_class, new.place_of) == (EntryState.WAITING, QueueClass.ORDINARY, old.id)
    assert contact.topic == before.topic
    with town.engine.connect() as db:
        (link,) = [f.data for f in events.of_contact(db, contact.id) if f.kind == Fact.PLACE_REGAINED]
        kept = contacts.get(db, before.id)
    assert link == {"contact": before.id, "entry": old.id}
    assert kept is not None
    assert kept.outcome == "abandoned_in_queue"


def test_a_place_taken_back_is_not_offered_a_second_time(town: Town):
    stands_in_line(town).hang_up()
    line = town.calls()
    line.hears(OFFER)
    line.press("1")
    line.hears("fået din plads")
    line.hang_up()

    assert not is_offered(town, town.calls())


def test_an_offer_that_was_not_taken_may_be_taken_in_a_later_call(town: Town):
    stands_in_line(town).hang_up()
    line = town.calls()
    line.hears(OFFER)
    line.hang_up()

    assert is_offered(town, town.calls())


def test_who_hides_the_number_is_not_recognised(town: Town):
    stands_in_line(town, hidden=True).hang_up()

    assert not is_offered(town, line_of(town, hidden=True))


def test_who_wanted_to_leave_no_trace_is_not_recognised(town: Town):
    line = town.calls()
    line.say("jeg er bekymret for et barn")
    line.hears("Dit nummer bliver ikke vist")
    line.hang_up()

    assert not is_offered(town, town.calls())


def test_who_left_the_line_by_key_is_not_asked_to_come_back(town: Town):
    line = stands_in_line(town)
    line.press("9")
    line.hears("forlade køen")
    line.press("9")
    line.hears("Hvad drejer")
    line.hang_up()

    assert not is_offered(town, town.calls())


def talks_for(town: Town, seconds: float):
    line = stands_in_line(town)
    desk = town.agent("omar", groups="omstilling").ready()
    desk.takes()
    town.wait(seconds)
    return line, desk


def test_a_talk_that_was_cut_off_at_once_leads_back_to_the_front(town: Town):
    line, _ = talks_for(town, 5)
    line.hang_up()
    line = town.calls()
    line.hears(OFFER)
    line.press("1")
    line.hears("fået din plads")

    assert latest_entry(town).queue_class is QueueClass.RETURNED


def test_a_talk_that_had_begun_well_is_over(town: Town):
    line, _ = talks_for(town, 40)
    line.hang_up()

    assert not is_offered(town, town.calls())


def test_a_short_talk_that_the_agent_ended_is_over(town: Town):
    line, desk = talks_for(town, 5)
    desk.does("hang-up", desk.pop["id"])
    line.ends()

    assert not is_offered(town, town.calls())


def test_a_short_talk_in_which_the_matter_was_settled_is_over(town: Town):
    line, desk = talks_for(town, 5)
    line.hang_up()
    town.wait(1)
    desk.wraps_up("yes")

    assert not is_offered(town, town.calls())


def test_another_number_of_the_same_house_knows_nothing_of_it(town: Town):
    stands_in_line(town).hang_up()
    with town.engine.begin() as db:
        db.execute(text("UPDATE contacts SET line = 'other'"))

    assert not is_offered(town, town.calls())


def test_a_caller_of_another_number_is_not_offered_the_place(town: Town):
    stands_in_line(town).hang_up()

    assert not is_offered(town, town.calls("+4520304077"))


def test_a_caller_whom_the_agents_line_lost_and_who_hung_up_comes_back_as_one_we_lost(town: Town):
    line, desk = talks_for(town, 3)
    desk.phone.lines[-1].hang_up()
    line.hears("mistede forbindelsen")
    line.hang_up()
    line = town.calls()
    line.hears(OFFER)
    line.press("1")
    line.hears("fået din plads")

    assert latest_entry(town).queue_class is QueueClass.RETURNED
    assert latest_entry(town).entered_at < town.contact().started_at - timedelta(seconds=3)
