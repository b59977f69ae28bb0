"""Our numbers at the simulated carrier: set up, compared, tried; and the command that does it."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask, Response
from werkzeug.serving import make_server

from ivr.adapters.carrier import probes
from ivr.adapters.carrier.numbers import Numbers, NumberSetup, OurNumber, differences, wanted
from ivr.cli.carrier import command
from ivr.domain.phone import PhoneNumber
from ivr.simulator.carrier import Carrier as SimulatedCarrier
from ivr.simulator.clock import VirtualClock
from tests.adapters.carrier.house import ACCOUNT, MAIN, TOKEN, House, open_house

WANTED = NumberSetup(
    voice_url="https://ivr.dk/voice/incoming#ct=2000&rt=5000&tt=12000&rc=1&rp=all",
    voice_fallback_url="https://static.dk/4572001234.xml",
    status_callback="https://ivr.dk/voice/status#ct=2000&rt=5000&tt=15000&rc=3&rp=all",
    sms_url="https://ivr.dk/sms/incoming#ct=2000&rt=5000&tt=15000&rc=3&rp=all",
)
ROUTES = Path(__file__).parents[3] / "routes.yaml"


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as house:
        yield house


@pytest.fixture
def town() -> SimulatedCarrier:
    town = SimulatedCarrier(account_sid=ACCOUNT, auth_token=TOKEN, clock=VirtualClock())
    town.number(MAIN)
    return town


@pytest.fixture
def api_url(town: SimulatedCarrier) -> Iterator[str]:
    with town.serve_rest() as url:
        yield url


@pytest.fixture
def hosted() -> Iterator[Callable[[Response], str]]:
    """Hosts one document on another machine (here: another name of this one)."""
    servers = []

    def host(document: Response) -> str:
        app = Flask(__name__)
        app.add_url_rule("/fallback.xml", view_func=lambda: document)
        server = make_server("127.0.0.1", 0, app)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://localhost:{server.server_port}/fallback.xml"

    yield host
    for server in servers:
        server.shutdown()
        server.server_close()


def test_what_a_number_is_told():
    assert wanted("https://ivr.dk/", "https://static.dk/4572001234.xml") == WANTED


def test_a_number_is_set_up_and_says_so(api_url):
    numbers = Numbers(account_sid=ACCOUNT, auth_token=TOKEN, api_url=api_url)
    (before,) = numbers.all()
    assert differences(before, WANTED) == ("voice_url", "voice_fallback_url", "status_callback", "sms_url")

    after = numbers.configure(before.number_id, WANTED)

    assert after == OurNumber(number_id=before.number_id, number=PhoneNumber(MAIN), setup=WANTED)
    assert numbers.all() == (after,)


def test_a_door_that_keeps_strangers_out_and_lets_the_carrier_in(house):
    assert probes.try_door(f"{house.url}/voice/incoming").problem == ""
    assert probes.try_signed(f"{house.url}/voice/status", TOKEN).problem == ""
    assert "refuses a signed request" in probes.try_signed(f"{house.url}/voice/status", "other").problem


def test_a_door_that_is_not_there():
    assert probes.try_door("http://nowhere.invalid/voice/incoming").problem == "does not answer (ConnectionError)"


def xml(body: str) -> Response:
    return Response(body, mimetype="text/xml")


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (xml("<Response><Dial><Number>+4572001200</Number></Dial></Response>"), ""),
        (xml("<Response><Say>Hej</Say></Response>"), "dials nobody"),
        (xml("<Response>"), "is no XML document (no element found: line 1, column 10)"),
        (Response("<Response><Dial>1</Dial></Response>", mimetype="text/plain"), "is not served as text/xml"),
        (Response("", status=404), "answers 404"),
    ],
)
def test_the_fallback_is_fetched_and_read(hosted, document, problem):
    assert probes.try_fallback(hosted(document), "http://127.0.0.1:1").problem == problem


def test_this_machine_is_no_fallback_for_itself():
    assert probes.fallback_problem("https://ivr.dk/fallback.xml", "https://ivr.dk") != ""
    assert probes.fallback_problem("fallback.xml", "https://ivr.dk") != ""
    assert probes.fallback_problem("https://static.dk/fallback.xml", "https://ivr.dk") == ""


def ivr_carrier(arguments: list[str], house: House, api_url: str) -> Result:
    environment = {
        "IVR_PUBLIC_URL": house.url,
        "IVR_SECRET_KEY": "s" * 32,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": api_url,
    }
    return CliRunner().invoke(command, [*arguments, "--routes", str(ROUTES)], env=environment)


needs_routes = pytest.mark.skipif(not ROUTES.exists(), reason="the example's routes.yaml is not there yet")


@needs_routes
def test_the_command_sets_up_then_finds_nothing_wrong(house, api_url, hosted):
    fallback = hosted(xml("<Response><Dial><Number>+4572001200</Number></Dial></Response>"))

    setup = ivr_carrier(["setup", "--fallback-url", fallback], house, api_url)
    check = ivr_carrier(["check", "--fallback-url", fallback], house, api_url)

    assert (setup.exit_code, check.exit_code) == (0, 0), setup.output + check.output
    assert f"Host this at {fallback}, as text/xml:\n<?xml" in setup.output
    assert all(line.endswith("  ok") for line in check.output.splitlines())


@needs_routes
def test_a_number_that_was_never_set_up_is_told_field_by_field(house, api_url):
    check = ivr_carrier(["check", "--fallback-url", "https://nowhere.invalid/{number}.xml"], house, api_url)

    assert check.exit_code == 1
    assert "voice_url" in check.output and "is empty; ivr carrier setup" in check.output
    assert "https://nowhere.invalid/4572001234.xml" in check.output


@needs_routes
def test_a_fallback_on_this_machine_is_refused_before_anything_is_written(house, api_url, town):
    setup = ivr_carrier(["setup", "--fallback-url", f"{house.url}/fallback.xml"], house, api_url)

    assert setup.exit_code == 1
    assert "is this machine" in setup.output
    assert town.numbers[MAIN].voice_url == ""


@pytest.mark.parametrize("name", ["setup", "check"])
def test_help_ends_with_an_example(name):
    assert f"Example: ivr carrier {name} --fallback-url" in " ".join(
        CliRunner().invoke(command, [name, "--help"]).output.split()
    )
