"""`ivr call`: a telephone in the terminal."""

import queue
import threading

import pytest
from click.testing import CliRunner

from ivr.cli import call
from ivr.cli.main import ivr
from ivr.simulator.line import Line
from ivr.simulator.service import LiveCarrier
from tests.kit.processes import until
from tests.kit.town import ACCOUNT, MAIN, TOKEN
from tests.simulator.conftest import product  # noqa: F401

AGENT = "+4572001201"
CITIZEN = "+4520304050"


class Typist:
    """Types when told to, and presses Enter without end when told to leave: what `input` gives, line by line."""

    def __init__(self) -> None:
        self.lines: queue.Queue[str] = queue.Queue()
        self.leaves = threading.Event()

    def __call__(self) -> str:
        while not self.leaves.is_set():
            try:
                return self.lines.get(timeout=0.05)
            except queue.Empty:
                continue
        return ""


@pytest.fixture
def typist(monkeypatch):
    typist = Typist()
    monkeypatch.setattr("builtins.input", typist)
    return typist


@pytest.fixture
def live():
    return LiveCarrier(account_sid=ACCOUNT, auth_token=TOKEN)


def in_background(*arguments):
    """The command in a thread of its own; gives a function that waits for its result."""
    results = []
    thread = threading.Thread(target=lambda: results.append(CliRunner().invoke(ivr, ["call", *arguments])))
    thread.start()

    def result():
        thread.join(timeout=30)
        assert results, "the command goes on"
        return results[0]

    return result


def the_line(live: LiveCarrier) -> Line:
    return until(lambda: live.carrier.calls[0].line if live.carrier.calls else None, why="the call is placed")


def test_without_a_carrier_it_says_how_to_start_one():
    told = CliRunner().invoke(ivr, ["call", "--carrier", "http://127.0.0.1:9"])

    assert told.exit_code == 1
    assert "make demo" in told.output


@pytest.mark.timeout(60)
def test_what_is_heard_is_written_and_q_hangs_up(live):
    with live.serve() as url:
        live.carrier.number(MAIN, voice_url="http://127.0.0.1:9/voice/incoming")

        told = CliRunner().invoke(ivr, ["call", MAIN, "--carrier", url], input="q\n")

        assert told.exit_code == 0
        assert live.carrier.calls[0].line.is_live is False


@pytest.mark.timeout(60)
@pytest.mark.parametrize("typed", ["1", "jeg skal have nyt pas", "q"])
def test_a_carrier_that_goes_away_while_somebody_types_is_told_in_a_sentence(live, typist, typed, monkeypatch):
    # The listener would find out first: it is kept from looking.
    monkeypatch.setattr(call, "_POLL_SECONDS", 30)
    with live.serve() as url:
        live.carrier.number(MAIN, voice_url="http://127.0.0.1:9/voice/incoming")
        result = in_background(MAIN, "--carrier", url)
        the_line(live)

    typist.lines.put(typed)
    told = result()

    assert told.exception is None or isinstance(told.exception, SystemExit)
    assert told.exit_code == 1
    assert told.output.splitlines()[-1] == "The simulated carrier has gone. Press Enter to leave."


@pytest.mark.timeout(60)
def test_a_carrier_that_no_longer_knows_the_call_is_told_in_a_sentence(live, typist, monkeypatch):
    monkeypatch.setattr(call, "_POLL_SECONDS", 30)
    with live.serve() as url:
        live.carrier.number(MAIN, voice_url="http://127.0.0.1:9/voice/incoming")
        result = in_background(MAIN, "--carrier", url)
        the_line(live)
        live.carrier._calls_by_sid.clear()

        typist.lines.put("1")
        told = result()

    assert told.exit_code == 1
    assert (
        told.output.splitlines()[-1] == "The simulated carrier no longer knows this call (404). Press Enter to leave."
    )


@pytest.mark.timeout(60)
def test_lost_words_music_and_a_person_are_told_apart(live, product, typist):  # noqa: F811
    product.on(
        "/voice", "<Say>Velkommen til os alle sammen herude</Say><Play>/18.wav</Play><Redirect>/voice2</Redirect>"
    )
    product.on("/voice2", f"<Play>/18.wav</Play><Dial><Number>{AGENT}</Number></Dial>")
    live.carrier.media_seconds[f"{product.url}/18.wav"] = 0.2
    live.carrier.number(MAIN, voice_url=f"{product.url}/voice")
    agent = live.carrier.phone(AGENT).answers(after=0)
    with live.serve() as url:
        result = in_background(MAIN, "--from", CITIZEN, "--carrier", url)
        until(lambda: the_line(live).heard, why="the greeting is heard")

        typist.lines.put("jeg skal have nyt pas")
        until(lambda: live.carrier.talks(the_line(live), agent.lines[0]) if agent.lines else False, why="they talk")
        agent.lines[0].say("Goddag")
        until(lambda: the_line(live).turns[-1].kind == "talk", why="the agent is heard")
        agent.lines[0].hang_up()
        until(lambda: not the_line(live).is_live, why="the call is over")
        typist.leaves.set()
        told = result().output.splitlines()

    assert [line for line in told if not line.startswith("· The call")] == [
        "◀ Velkommen til os alle sammen herude",
        "▶ jeg skal have nyt pas   (not heard: nobody listens just now)",
        "◀ ♪ music",
        "· Connected: a person is on the line.",
        "◀ person: Goddag",
        "· call completed",
    ]
