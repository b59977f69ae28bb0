"""The documents of a plan whose speech we recognise ourselves: where a stream begins, and that it ends everywhere else."""

import pytest

from ivr.adapters.files import plan_files
from ivr.operations import dialplan
from tests.kit.town import sources
from tests.listener.conftest import listening_plan
from tests.webhooks.conftest import Door


@pytest.fixture
def ours(town) -> Door:
    """The door of a town that hears both languages itself."""
    town.is_dispatching = False
    town.wait(1)  # of two plans that are taken up in the same moment neither is the later one
    town.operations.run(dialplan.take_up, listening_plan())
    return Door(town)


def token(answer) -> str | None:
    noun = answer.root.find("Start/Stream/Parameter")
    return None if noun is None else noun.get("value")


def seconds(answer) -> int:
    return int(answer.root.find("Gather").get("timeout"))


def test_a_spoken_question_is_a_stream_of_the_callers_sound_beside_a_gather_for_keys(ours):
    question = ours.arrives().heard

    assert question.verbs == ["Stop", "Start", "Gather", "Redirect"]
    stream = question.root.find("Start/Stream")
    address = ours.town.url.replace("http", "ws") + "/listen"
    assert (stream.get("name"), stream.get("track"), stream.get("url")) == ("caller", "inbound_track", address)
    assert question.root.find("Stop/Stream").get("name") == "caller"
    gather = question.root.find("Gather")
    assert (gather.get("input"), gather.get("speechTimeout"), gather.get("hints")) == ("dtmf", None, None)


def test_words_begun_in_time_are_not_cut_off_by_the_time_out(ours):
    by_us = ours.arrives("CA" + "8" * 32).heard
    ours.town.wait(1)
    ours.town.operations.run(dialplan.take_up, sources())
    by_carrier = ours.arrives("CA" + "9" * 32).heard

    assert seconds(by_us) == seconds(by_carrier) + 1


def test_every_question_has_a_token_of_its_own(ours):
    caller = ours.arrives()
    first = token(caller.heard)

    second = token(caller.asks(Digits="1"))

    assert first and second and first != second


def test_a_document_that_is_asked_for_twice_has_one_token_since_either_may_be_the_one_that_is_heard(ours):
    caller = ours.arrives()
    address = caller.heard.next
    first = caller.asks(address, Digits="1")

    again = caller.asks(address, Digits="1")

    assert again == first


def test_a_question_that_asks_for_no_words_stops_the_stream(ours):
    caller = ours.arrives()

    waiting = caller.asks(Digits="0")

    assert waiting.verbs[0] == "Stop"
    assert "Start" not in waiting.verbs


def test_the_carrier_hears_where_the_plan_says_so(town):
    question = Door(town).arrives().heard

    assert question.verbs == ["Gather", "Redirect"]
    assert question.root.find("Gather").get("input") == "dtmf speech"


def test_a_language_that_the_carrier_hears_stops_the_stream_of_one_that_we_hear(ours):
    plan = listening_plan()
    plan["routes.yaml"] = plan["routes.yaml"].replace("recogniser: vosk", "recogniser: carrier", 1)
    ours.town.wait(1)
    ours.town.operations.run(dialplan.take_up, plan)
    danish = ours.arrives("CA" + "3" * 32)
    assert danish.heard.verbs == ["Stop", "Gather", "Redirect"]
    assert danish.heard.root.find("Gather").get("input") == "dtmf speech"

    english = danish.asks(Digits="2")

    assert english.verbs == ["Stop", "Start", "Gather", "Redirect"]


def test_whoever_is_put_through_while_the_store_is_away_is_not_listened_to(ours):
    plan_files.keep_last_good(ours.town.parts.settings.var, listening_plan())
    caller = ours.arrives()
    with ours.town.engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE legs RENAME TO legs_away")
    try:
        music = caller.asks(caller.goal)
        person = caller.asks(f"{caller.goal}?tries=3")
        newcomer = ours.post("/voice/incoming", ours.call("CA" + "4" * 32))
    finally:
        with ours.town.engine.begin() as db:
            db.exec_driver_sql("ALTER TABLE legs_away RENAME TO legs")

    assert [answer.verbs[0] for answer in (music, person, newcomer)] == ["Stop"] * 3
    assert person.dialled == newcomer.dialled == ["+4572001299"]


def test_a_token_cannot_be_guessed(ours):
    assert len(token(ours.arrives().heard)) >= 32


def test_a_plan_that_the_carrier_hears_alone_asks_nothing_of_the_listenings(town):
    caller = Door(town).arrives()
    caller.asks()
    caller.asks(Digits="1")

    with town.engine.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM listenings").scalar_one() == 0
