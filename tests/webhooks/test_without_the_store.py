"""The store is away, or something fails inside: nobody is dropped, everybody gets a person, and every answer is quick.

The store is stopped for real: a second server of these tests alone.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from ivr.adapters.carrier.addresses import waiting_music
from ivr.adapters.store import database
from ivr.simulator.line import Line
from tests.kit.database import emptied
from tests.kit.town import KAREN, Town, open_town
from tests.webhooks.conftest import EMPTY, NOBODY, Door

FALLBACK = "+4572001299"
SLOWEST_SECONDS = 3


@dataclass
class Store:
    """A server that can be stopped and started again."""

    folder: Path
    url: str = ""
    _running: ExitStack | None = None

    def start(self) -> None:
        self._running = ExitStack()
        self.url = self._running.enter_context(database.embedded(self.folder))

    def stop(self) -> None:
        if self._running is not None:
            self._running.close()
            self._running = None

    @property
    def is_running(self) -> bool:
        return self._running is not None


@pytest.fixture(scope="module")
def a_server() -> Iterator[Store]:
    with tempfile.TemporaryDirectory(prefix="ivr-tests-") as folder:
        store = Store(Path(folder) / "postgres")
        store.start()
        database.upgrade(store.url)
        yield store
        store.stop()


@pytest.fixture
def store(a_server: Store) -> Store:
    """The server, running and empty."""
    if not a_server.is_running:
        a_server.start()
    engine = database.connect(a_server.url)
    emptied(engine)
    engine.dispose()
    return a_server


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Iterator[Town]:
    """The town over that server."""
    with open_town(store.url, tmp_path) as opened:
        yield opened
        opened.is_dispatching = False


def stopped(town: Town, store: Store) -> None:
    """The store is gone; the dispatcher, which is another process, waits for it."""
    town.is_dispatching = False
    store.stop()


def back(town: Town, store: Store) -> None:
    """The store is there again. A dispatcher's first round still meets a connection that died, and is tried again."""
    store.start()
    town.is_dispatching = True
    with suppress(OperationalError):
        town.dispatch()


def test_a_new_caller_is_told_and_put_through(town, store):
    stopped(town, store)

    call = town.calls()
    call.hears("problemer med systemet")
    fallback = town.carrier.phone(FALLBACK).rings(within=30).answer()
    town.wait(1)

    assert town.carrier.talks(call, fallback)


def test_a_caller_at_a_question_hears_music_and_goes_on_when_the_store_is_back(town, store):
    call = town.calls()
    call.hears("Hvad drejer")
    stopped(town, store)

    call.press("1")
    town.wait(2)
    heard_music = call.hears_music
    back(town, store)
    call.hears("Hvad drejer")
    call.say("jeg skal have nyt pas")
    call.hears("link på sms")

    assert heard_music


def test_a_waiting_caller_hears_music_three_times_then_is_put_through(town, store):
    call = town.calls()
    call.hears("Hvad drejer")
    call.press("0")
    call.hears("kø")
    town.wait(30)
    before = len(call.heard)
    stopped(town, store)

    call.hears("problemer med systemet", within=200)
    fallback = town.carrier.phone(FALLBACK).rings(within=30).answer()
    town.wait(1)

    pieces = [heard.media for heard in call.heard[before:] if heard.media]
    assert pieces[-3:] == [waiting_music(town.url)] * 3
    assert town.carrier.talks(call, fallback)


def test_a_waiting_caller_keeps_the_place_when_the_store_comes_back(town, store):
    omar = town.agent("omar", groups="omstilling")
    call = town.calls()
    call.hears("Hvad drejer")
    call.press("0")
    call.hears("kø")
    stopped(town, store)
    town.wait(45)
    back(town, store)

    omar.ready()
    line = omar.takes()
    call.joins_conference()

    assert town.carrier.talks(call, line)
    assert town.facts().count("queued") == 1


def test_a_talk_goes_on_without_the_store_and_the_call_is_counted_when_it_is_back(town, store):
    omar = town.agent("omar", groups="omstilling").ready()
    call = town.calls()
    call.hears("Hvad drejer")
    call.press("0")
    line = omar.takes()
    call.joins_conference()
    stopped(town, store)

    town.wait(30)
    talked = town.carrier.talks(call, line)
    back(town, store)
    town.wait(5)
    call.hang_up()
    town.wait(90)

    assert talked
    assert town.facts().count("talk_ended") == 1


def test_an_agent_whose_answer_meets_no_store_hears_music_and_is_let_go(town, store):
    omar = town.agent("omar", groups="omstilling").ready()
    call = town.calls()
    call.hears("Hvad drejer")
    call.press("0")
    line = omar.phone.rings()
    stopped(town, store)

    line.answer()
    status = line.ends(within=200)

    assert status == "completed"
    assert call.is_live


def test_an_employee_who_answers_without_the_store_is_still_asked_for_the_key(town, store):
    """What has picked up may be a voicemail: it is never joined unasked."""
    call = town.calls()
    call.say("jeg vil gerne tale med Jonas Kjærgaard")
    call.hears("Jeg ringer til")
    jonas = town.carrier.phone("+4572001240").rings()
    stopped(town, store)

    jonas.answer()
    jonas.hears("Tast 1")
    is_joined_unasked = town.carrier.talks(call, jonas)
    jonas.press("1")
    town.wait(1)

    assert not is_joined_unasked
    assert town.carrier.talks(call, jonas)


NEWS = {
    "/voice/status": {"CallSid": "CA1", "CallStatus": "completed", "SequenceNumber": "0"},
    f"/voice/status?leg={NOBODY}": {"CallSid": "CA1", "CallStatus": "ringing", "SequenceNumber": "0"},
    f"/voice/conference/{NOBODY}": {
        "ConferenceSid": "CF1",
        "StatusCallbackEvent": "participant-join",
        "ParticipantLabel": NOBODY,
    },
    "/sms/status": {"MessageSid": "SM1", "MessageStatus": "delivered"},
}


@pytest.mark.parametrize("route", NEWS)
def test_news_without_the_store_is_not_acknowledged_so_that_the_carrier_may_bring_it_again(town, store, route):
    stopped(town, store)

    answer = Door(town).post(route, NEWS[route])

    assert (answer.status, answer.body) == (503, EMPTY)
    assert answer.seconds < SLOWEST_SECONDS


def test_every_document_comes_within_three_seconds_and_is_one(town, store):
    door = Door(town)
    caller = door.arrives()
    stopped(town, store)

    new = door.post("/voice/incoming", door.call("CA2", CallStatus="ringing"))
    tries = [caller.asks(Digits="0"), *(caller.asks(caller.heard.redirect) for _ in range(3))]
    ours = door.post(f"{caller.goal}?tries=3", door.call(caller.sid, Direction="outbound-api"))
    whisper = door.post(f"/voice/whisper/{caller.leg}", door.call("CA3", Direction="outbound-dial"))
    text_in = door.post("/sms/incoming", {"MessageSid": "SM1", "From": KAREN, "To": "+4572001234", "Body": "hej"})

    assert (new.dialled, "problemer" in new.said) == ([FALLBACK], True)
    assert [answer.verbs for answer in tries[:3]] == [["Play", "Redirect"]] * 3
    assert tries[3].dialled == [FALLBACK]
    assert ours.verbs == ["Hangup"]
    assert whisper.verbs == ["Gather", "Hangup"]
    answers = [new, *tries, ours, whisper]
    assert [answer.status for answer in answers] == [200] * len(answers)
    # A text may cancel a callback: the carrier is asked to tell of it once more.
    assert text_in.status == 503
    assert max(answer.seconds for answer in (*answers, text_in)) < SLOWEST_SECONDS


def test_the_words_for_hard_times_are_kept_outside_the_store(town, store, tmp_path):
    """A machine that starts while the store is away reads the last good plan, or else the texts beside it."""
    (tmp_path / "last-good-plan.json").unlink(missing_ok=True)
    stopped(town, store)

    answer = Door(town).post("/voice/incoming", Door(town).call("CA2", CallStatus="ringing"))

    assert (answer.status, answer.dialled) == (200, [FALLBACK])


# Something fails inside. It is provoked for real: a table is not where it should be, or a state cannot be read.


def broken(town: Town, statement: str) -> None:
    with town.engine.begin() as db:
        db.execute(text(statement))


def gets_a_person(town: Town, call: Line) -> bool:
    """Let time pass until the caller is in line for a person or is put through to one."""
    fallback = town.carrier.phone(FALLBACK)
    return town.clock.run(200, lambda: bool(fallback.ringing) or any(h.contains("kø til") for h in call.heard))


def test_a_state_that_cannot_be_read_still_leads_to_a_person(town):
    call = town.calls()
    call.hears("Hvad drejer")
    broken(town, """UPDATE contacts SET flow_state = '{"place": "nowhere"}'""")

    call.press("1")

    assert gets_a_person(town, call)
    assert any(heard.contains("Jeg stiller dig om") or heard.contains("Noget gik galt") for heard in call.heard)


def test_a_state_that_cannot_be_read_does_not_keep_a_call_from_ending(town):
    call = town.calls()
    call.hears("Hvad drejer")
    call.press("0")
    call.hears("kø")
    broken(town, """UPDATE contacts SET flow_state = '{"place": "nowhere"}'""")

    call.hang_up()
    town.wait(60)

    assert town.contact().outcome == "abandoned_in_queue"
    town.is_tidy()


def test_a_table_that_is_missing_when_the_link_is_sent_still_leads_to_a_person(town):
    """The turn fails inside; the one after it does not need what failed."""
    call = town.calls()
    call.say("jeg skal have nyt pas")
    call.hears("link på sms")
    broken(town, "ALTER TABLE links RENAME TO links_elsewhere")
    try:
        call.press("1")
        reached = gets_a_person(town, call)
    finally:
        broken(town, "ALTER TABLE links_elsewhere RENAME TO links")

    assert reached
