"""Two in conversation who are not in one room any more: fetched, or the talk ends and the caller is first in line."""

import pytest
from sqlalchemy import text

from ivr.domain.contacts.facts import Fact
from tests.dispatcher.test_orders import in_line
from tests.journeys.test_queue_to_wrap_up import decisions


def repairs(town):
    """What was found wrong, in order."""
    with town.engine.connect() as db:
        query = text("SELECT data ->> 'found' FROM events WHERE kind = :kind ORDER BY id")
        return list(db.execute(query, {"kind": Fact.REPAIRED}).scalars())


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling").ready()


@pytest.fixture
def talk(town, ali):
    """The caller's line and the agent's, ten seconds into their talk."""
    call = in_line(town)
    line = ali.takes()
    call.joins_conference()
    town.wait(10)
    return call, line


def room(town):
    return town.carrier.conferences.running(town.carrier.conferences.all[-1].name)


def falls_out_of_the_room(town, line):
    """The carrier loses a participant: the call goes on, and nobody asks what it should hear next."""
    place = next(place for place in room(town).present if line.sid == place.call.sid)
    town.carrier.conferences.leave(place)


def test_a_talk_that_goes_on_is_left_alone(town, talk):
    town.wait(120)

    assert town.carrier.talks(*talk)
    assert repairs(town) == []


def test_a_caller_who_fell_out_of_the_room_is_brought_back(town, talk):
    call, line = talk
    falls_out_of_the_room(town, call)
    assert not town.carrier.talks(call, line)
    town.wait(30)

    assert town.carrier.talks(call, line)
    assert repairs(town) == ["parted"]
    assert decisions(town) == ["connected"]


def test_it_is_found_within_a_minute_though_no_report_tells_of_it(town, talk):
    call, line = talk
    town.carrier.mischief.drop_callback = 1.0
    falls_out_of_the_room(town, call)
    town.wait(60)

    assert town.carrier.talks(call, line)


def test_a_caller_who_cannot_be_brought_back_is_first_in_line_again(town, ali, talk, monkeypatch):
    call, _ = talk
    # The carrier takes the order and does nothing.
    monkeypatch.setattr(town.parts.carrier, "move", lambda call_id, leg: None)
    falls_out_of_the_room(town, call)
    town.wait(40)

    assert repairs(town) == ["parted", "alone"]
    assert decisions(town) == ["failed"]
    assert (ali.state, ali.ask("GET", "/me")["reason"]) == ("break", "line_lost")
    with town.engine.connect() as db:
        assert db.execute(text("SELECT state, queue_class FROM queue_entries")).one() == ("waiting", 1)


@pytest.mark.parametrize("who", ["agent", "citizen"])
def test_a_talk_whose_line_is_known_to_be_closed_is_over_at_the_next_look(town, ali, talk, who):
    town.is_dispatching = False
    with town.engine.begin() as db:
        # As after a mistake of ours: the line was closed and nobody was told.
        db.execute(text("UPDATE legs SET ended_at = now(), status = 'completed' WHERE role = :who"), {"who": who})
    town.is_dispatching = True
    town.wait(46)

    assert "alone" in repairs(town)
    assert ali.state == "wrap_up"
