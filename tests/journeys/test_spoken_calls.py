"""Spoken calls, whole: a voice on the line, a real stream, `ivr listen` with a real recogniser, and what the caller meets.

Danish is recognised by ourselves, English by the carrier. All callers of this file ring one and the same town.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from playwright.sync_api import expect
from sqlalchemy import create_engine, text

from ivr.simulator.line import Line
from ivr.simulator.mischief import Mischief
from ivr.simulator.twiml.sound import spoken_seconds
from tests.kit.browser import open_browser
from tests.kit.database import emptied
from tests.kit.processes import ALIS_PHONE, LiveTown, heard, open_listening_town, until
from tests.kit.town import MAIN, PASSWORD
from tests.kit.voice import CALLERS, noise, say, silence

QUESTION = "Hvad drejer dit opkald sig om"
BY_KEYS = "Jeg kan desværre ikke høre tale lige nu"
NOBODY_HEARD = "Jeg kunne ikke høre dig"
PASSPORT = say("jeg skal have et nyt pas")
SECONDS = 1000

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def spoken_town(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveTown]:
    engine = create_engine(database_url)
    emptied(engine)
    engine.dispose()
    with open_listening_town(database_url, tmp_path_factory.mktemp("spoken")) as town:
        yield town


@contextmanager
def listening(town: LiveTown, *more: str) -> Iterator[None]:
    """The listener started anew, and as it was when the context ends."""
    listener = town.listener
    assert listener is not None
    before = listener.arguments
    listener.stop()
    listener.arguments = [*before, *more]
    listener.start()
    try:
        yield
    finally:
        listener.stop()
        listener.arguments = before
        listener.start()


def asked(town: LiveTown, *numbers: str) -> list[Line]:
    """Callers who have begun to hear the open question and are listened to."""
    lines = [town.carrier.phone(number).dial(MAIN) for number in numbers]
    for line in lines:
        heard(line, QUESTION)
        until(lambda line=line: line.is_listened_to, within=5, why="the caller is listened to")
    return lines


def facts(town: LiveTown, line: Line) -> list[tuple[str, str | None]]:
    """The log of the line's contact: kinds, each with the topic it is about."""
    query = (
        "SELECT e.kind, e.data->>'topic' FROM events e JOIN legs l ON l.contact_id = e.contact_id"
        " WHERE l.call_id = :call ORDER BY e.id"
    )
    with town.parts.engine.connect() as db:
        return [(row[0], row[1]) for row in db.execute(text(query), {"call": line.sid})]


def kinds(town: LiveTown, line: Line) -> list[str]:
    return [kind for kind, _ in facts(town, line)]


def has_chosen(town: LiveTown, line: Line, topic: str) -> None:
    until(lambda: ("topic_chosen", topic) in facts(town, line), within=10, why=f"{topic} is chosen")


def test_a_spoken_sentence_cuts_the_prompt_off_and_reaches_its_topic(spoken_town):
    (line,) = asked(spoken_town, "+4520304101")
    question = line.heard[-1]
    line.speak(PASSPORT.mulaw)

    has_chosen(spoken_town, line, "pas")
    until(lambda: line.heard[-1] is not question, why="the answer is heard")
    line.hang_up()

    assert (line.heard[-1].at - question.at).total_seconds() < spoken_seconds(question.text)
    assert spoken_town.carrier.problems == []


def test_who_is_silent_and_who_is_but_noise_are_told_that_nobody_was_heard(spoken_town):
    silent, noisy = asked(spoken_town, "+4520304102", "+4520304103")
    noisy.speak(noise(20).mulaw)

    for line in (silent, noisy):
        heard(line, NOBODY_HEARD)
        line.hang_up()
        assert not {"heard", "topic_chosen", "not_understood"} & set(kinds(spoken_town, line))


def test_a_key_pressed_while_speaking_is_the_answer_and_the_words_are_not(spoken_town):
    (line,) = asked(spoken_town, "+4520304104")
    line.speak((PASSPORT + silence(0.2) + PASSPORT).mulaw)
    threading.Event().wait(1)

    line.press("0")
    heard(line, "kø til Omstillingen")
    threading.Event().wait(PASSPORT.seconds * 2)

    assert not line.is_listened_to
    assert "topic_chosen" not in kinds(spoken_town, line)
    line.hang_up()


def test_english_is_heard_by_the_carrier_in_the_same_town(spoken_town):
    line = spoken_town.carrier.phone("+4520304105").dial(MAIN)
    heard(line, "For English: press 2")
    line.press("2")
    heard(line, "What is your call about")

    assert not line.is_listened_to
    line.say("i need a new passport")

    has_chosen(spoken_town, line, "pas")
    line.hang_up()


def test_eight_callers_speak_at_once_and_each_gets_what_was_asked_for(spoken_town):
    wishes = [
        ("jeg skal have et nyt pas", "pas"),
        ("jeg skal have nyt kørekort", "koerekort"),
        ("jeg har set en rotte", "rotter"),
        ("sygedagpenge", "sygedagpenge"),
    ] * 2
    lines = asked(spoken_town, *(f"+45203042{n:02d}" for n in range(len(wishes))))

    for n, (line, (sentence, _)) in enumerate(zip(lines, wishes, strict=True)):
        line.speak(say(sentence, voice=CALLERS[n % len(CALLERS)]).mulaw)

    for line, (_, topic) in zip(lines, wishes, strict=True):
        has_chosen(spoken_town, line, topic)
        line.hang_up()


def test_when_the_listener_dies_the_same_question_is_asked_by_keys_and_nobody_is_blamed(spoken_town):
    with listening(spoken_town):
        (line,) = asked(spoken_town, "+4520304106")
        spoken_town.listener.kill()

        heard(line, BY_KEYS)
        late = spoken_town.carrier.phone("+4520304107").dial(MAIN)
        heard(late, BY_KEYS)
        late.press("0")
        heard(late, "kø til Omstillingen")

    for each in (line, late):
        assert "listening_failed" in kinds(spoken_town, each)
        assert "no_input" not in kinds(spoken_town, each)
        each.hang_up()


def test_streams_that_never_start_or_break_off_lead_to_the_keys_and_nobody_is_blamed(spoken_town, monkeypatch):
    lines = []
    for number, kind in (("+4520304111", "stream_never_starts"), ("+4520304112", "stream_breaks_off")):
        monkeypatch.setattr(spoken_town.carrier, "mischief", Mischief(**{kind: 1.0}))
        line = spoken_town.carrier.phone(number).dial(MAIN)
        until(lambda line=line: line.call.streams.all, why="a stream is asked for")
        lines.append(line)

    for line in lines:
        heard(line, BY_KEYS)
        line.hang_up()
        assert "no_input" not in kinds(spoken_town, line)


def test_where_the_listener_is_full_the_next_caller_is_asked_by_keys(spoken_town):
    with listening(spoken_town, "--streams", "1"):
        (first,) = asked(spoken_town, "+4520304108")
        second = spoken_town.carrier.phone("+4520304109").dial(MAIN)

        heard(second, BY_KEYS)
        first.speak(PASSPORT.mulaw)
        has_chosen(spoken_town, first, "pas")

    assert "no_input" not in kinds(spoken_town, second)
    first.hang_up()
    second.hang_up()


def test_nothing_is_recognised_once_a_person_is_in_the_call(spoken_town):
    ali = requests.Session()
    ali.trust_env = False
    api = f"{spoken_town.engine.url}/api/v1"
    token = ali.post(f"{api}/login", json={"username": "ali", "password": PASSWORD}, timeout=10).json()["token"]
    ali.headers["Authorization"] = f"Bearer {token}"
    ali.put(f"{api}/me/state", json={"state": "ready"}, timeout=10).raise_for_status()
    telephone = spoken_town.carrier.phone(ALIS_PHONE).answers(after=1)
    (line,) = asked(spoken_town, "+4520304110")
    line.speak(say("jeg vil gerne tale med en medarbejder").mulaw)
    agent = until(
        lambda: next((each for each in telephone.lines if each.state == "in-progress"), None), why="Ali answers"
    )
    heard(agent, "Tast 1")
    agent.press("1")
    until(lambda: "connected" in kinds(spoken_town, line), why="they talk")
    joined = spoken_town.carrier.clock.now()
    before = facts(spoken_town, line)

    line.speak((PASSPORT + silence(1)).mulaw)
    threading.Event().wait(PASSPORT.seconds + 1)

    streams = line.call.streams.all
    assert streams
    assert all(not stream.is_live and stream.updated_at < joined for stream in streams)
    assert facts(spoken_town, line) == before
    assert spoken_town.carrier.talks(line, agent)
    line.hang_up()


@pytest.mark.browser
def test_a_sentence_spoken_into_the_phone_pages_microphone_reaches_its_topic(spoken_town, tmp_path):
    spoken = tmp_path / "pas.wav"
    spoken.write_bytes((silence(1) + PASSPORT + silence(2)).wav())
    with open_browser(microphone=spoken) as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{spoken_town.phones_url}/phone")
        page.get_by_role("button", name="Ring op").click()
        expect(page.locator("#log")).to_contain_text(QUESTION, timeout=15 * SECONDS)
        page.get_by_role("button", name="Mikrofon").click()
        expect(page.locator("#microphone-state")).to_have_text("Lytter: tal nu.")

        expect(page.locator("#log")).to_contain_text("Til et nyt pas", timeout=20 * SECONDS)
        page.get_by_role("button", name="Læg på").click()
