"""Everything goes wrong at once and the carrier itself stays whole; the same seed gives the same day."""

import pytest

from ivr.simulator.mischief import Mischief
from tests.simulator.conftest import AGENT, CITIZEN, COLLEAGUE, MAIN

WAIT = (
    '<Gather numDigits="1" timeout="5" actionOnEmptyResult="true" action="/wait"><Say>Vent, eller tast 1</Say></Gather>'
)
ROOM = (
    '<Dial action="/end"><Conference participantLabel="{0}" endConferenceOnExit="{1}" waitUrl="" '
    'statusCallback="/room" statusCallbackEvent="start end join leave hold modify">c</Conference></Dial>'
    '<Pause length="1"/><Redirect>/end</Redirect>'
)


def a_day(carrier_with, client_of, product, seed: int) -> list[str]:
    product.requests.clear()
    product.on("/voice", WAIT)
    product.on("/wait", WAIT)
    product.on("/citizen", ROOM.format("citizen", "false"))
    product.on("/agent", ROOM.format("agent", "true"))
    product.on("/end", "<Say>Farvel</Say>")
    mischief = {name: value for name, value in vars(Mischief.some(seed, share=0.3)).items() if name[0] != "_"}
    carrier = carrier_with(**mischief)
    carrier.phone(AGENT).answers(after=2)
    callers = [carrier.phone(number).call(MAIN) for number in (CITIZEN, COLLEAGUE)]
    with carrier.serve_rest() as base_url:
        client = client_of(base_url)
        for line in callers:
            carrier.advance(7)
            for ask in (
                lambda: client.calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/agent"),
                lambda line=line: client.calls(line.sid).update(url=f"{product.url}/citizen"),
            ):
                try:
                    ask()
                except Exception as error:
                    assert "RemoteDisconnected" in str(error) or "429" in str(error) or "in-progress" in str(error)
                carrier.advance(20)
    for call in carrier.calls:
        call.end()
    carrier.advance(60)
    assert not any(call.is_live for call in carrier.calls)
    assert all(room.status == "completed" for room in carrier.conferences.all)
    return [path for path, _ in product.requests]


@pytest.mark.parametrize("seed", range(12))
def test_on_a_bad_day_every_call_and_conference_comes_to_its_end(carrier_with, client_of, product, seed):
    a_day(carrier_with, client_of, product, seed)


def test_the_same_seed_gives_the_same_bad_day(carrier_with, client_of, product):
    assert a_day(carrier_with, client_of, product, 4) == a_day(carrier_with, client_of, product, 4)
