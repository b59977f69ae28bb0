"""The sound of a message is fetched from the carrier once, kept by us and deleted there, whatever fails in between."""

import pytest
from sqlalchemy import text

from ivr.adapters.store import messages
from ivr.dispatcher.leases import lease
from ivr.dispatcher.orders import carry_out_one, claim
from ivr.operations import messages as message_operations
from ivr.simulator.mischief import Mischief
from tests.dispatcher.test_failures import outage
from tests.dispatcher.test_orders import orders
from tests.kit.town import open_town
from tests.pages.test_messages import EVENING, kept, leaves_a_message, seconds_of

OUR_TRACES = ("message_left", "message_fetched", "message_deleted", "message_lost", "repaired")


@pytest.fixture
def town(engine, database_url, tmp_path):
    """The town on a Sunday evening, when nobody is in, and nothing is carried out by itself."""
    with open_town(database_url, tmp_path, now=EVENING) as opened:
        opened.is_dispatching = False
        yield opened


@pytest.fixture
def message(town):
    """The id of a message whose sound is to be fetched."""
    return leaves_a_message(town).removeprefix("/messages/")


def at_carrier(town):
    return [recording.sid for recording in town.carrier.recordings.all]


def our_copy(town, message):
    with town.engine.connect() as db:
        return messages.sound_of(db, message)


def traces(town):
    return [fact for fact in town.facts() if fact in OUR_TRACES]


def every(kind, town):
    return [state for state, _ in orders(town, kind)]


def test_a_sound_is_fetched_kept_and_deleted_at_the_carrier(town, message):
    assert carry_out_one(town.parts)

    assert seconds_of(our_copy(town, message)) == kept(town)[0].seconds
    assert len(at_carrier(town)) == 1
    assert traces(town) == ["message_left", "message_fetched"]

    assert carry_out_one(town.parts)

    assert at_carrier(town) == []
    assert traces(town) == ["message_left", "message_fetched", "message_deleted"]
    assert not carry_out_one(town.parts)


def test_a_dispatcher_that_dies_with_the_sound_in_its_hands_is_followed_by_another(town, message):
    town.operations.run(claim)
    town.parts.recordings.fetch(kept(town)[0].recording)

    assert not carry_out_one(town.parts)
    town.wait(lease("fetch_recording").total_seconds() + 1)
    while carry_out_one(town.parts):
        pass

    assert our_copy(town, message) is not None
    assert at_carrier(town) == []


def test_one_that_dies_between_keeping_the_sound_and_ending_the_order_leaves_one_copy_and_one_deletion(town, message):
    town.operations.run(claim)
    sound = town.parts.recordings.fetch(kept(town)[0].recording)
    town.operations.run(message_operations.keep_sound, message, sound)

    town.wait(lease("fetch_recording").total_seconds() + 1)
    while carry_out_one(town.parts):
        pass

    assert traces(town) == ["message_left", "message_fetched", "message_deleted"]
    assert every("delete_recording", town) == ["done"]


def test_a_sound_that_is_not_ready_yet_is_asked_for_again(town, message):
    hidden, town.carrier.recordings.all = town.carrier.recordings.all, []
    assert carry_out_one(town.parts)
    assert our_copy(town, message) is None

    town.carrier.recordings.all = hidden
    town.wait(5)
    while carry_out_one(town.parts):
        pass

    assert our_copy(town, message) is not None


def test_a_sound_that_never_comes_is_lost_and_said_to_be(town, message):
    town.carrier.recordings.all.clear()
    town.wait(3601)

    assert carry_out_one(town.parts)

    assert traces(town) == ["message_left", "message_lost"]
    assert every("fetch_recording", town) == ["done"]


def test_a_deletion_that_fails_is_tried_again_and_its_reply_may_be_lost(town, message):
    carry_out_one(town.parts)
    town.carrier.mischief = outage("/Recordings/")
    assert carry_out_one(town.parts)
    assert len(at_carrier(town)) == 1
    town.carrier.mischief = Mischief(lose_rest_reply=1.0)
    town.wait(5)
    assert carry_out_one(town.parts)
    assert at_carrier(town) == []
    assert traces(town)[-1] == "message_fetched"

    town.carrier.mischief = Mischief.none()
    town.wait(5)
    assert carry_out_one(town.parts)

    assert traces(town)[-1] == "message_deleted"


@pytest.mark.parametrize(("kind", "fetched"), [("fetch_recording", 0), ("delete_recording", 1)])
def test_what_was_given_up_is_ordered_anew_after_a_day(town, message, kind, fetched):
    for _ in range(fetched):
        carry_out_one(town.parts)
    with town.engine.begin() as db:
        db.execute(
            text("UPDATE orders SET state = 'failed', done_at = :now WHERE kind = :kind"),
            {"now": town.clock.now(), "kind": kind},
        )
    town.is_dispatching = True
    town.wait(2)
    before = every(kind, town)
    with town.engine.begin() as db:
        db.execute(text("UPDATE orders SET done_at = done_at - interval '1 day'"))
    town.wait(3)

    assert before == ["failed"]
    assert every(kind, town) == ["failed", "done"]
    assert at_carrier(town) == []
    assert traces(town).count("repaired") == 1


def test_a_purge_before_the_sound_has_come_leaves_nothing(town, message):
    with town.engine.begin() as db:
        db.execute(text("DELETE FROM messages"))

    assert carry_out_one(town.parts)

    assert our_copy(town, message) is None
    assert every("fetch_recording", town) == ["done"]
