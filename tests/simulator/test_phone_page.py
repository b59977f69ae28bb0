"""The phone page in a real browser: a citizen calls, an agent answers, both see what is said; a microphone is heard."""

import time

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ivr.simulator.service import LiveCarrier, Person
from tests.kit.browser import open_browser
from tests.kit.voice import Sound
from tests.simulator.conftest import ACCOUNT, AGENT, CITIZEN, MAIN, TOKEN
from tests.simulator.listening import open_listener
from tools.tiny_da_model.sound import TELEPHONE_RATE, from_mulaw, to_16_bit, to_mulaw

pytestmark = pytest.mark.browser


@pytest.fixture
def exchange(product):
    people = {
        "citizens": [Person(name="Karen Holm", number=CITIZEN)],
        "agents": [Person(name="Birgit Sand", number=AGENT)],
    }
    live = LiveCarrier(account_sid=ACCOUNT, auth_token=TOKEN, speed=5, **people)
    live.carrier.number(MAIN, voice_url=f"{product.url}/voice")
    product.on(
        "/voice",
        '<Gather numDigits="1" timeout="60" action="/next"><Say language="da-DK">Drejer det sig om pas?</Say></Gather>',
    )
    product.on("/next", f"<Dial><Number>{AGENT}</Number></Dial>")
    with live.serve() as base:
        yield base


def test_a_citizen_calls_presses_1_and_talks_with_the_agent(browser, exchange):
    citizen = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    agent = browser.new_page(viewport={"width": 375, "height": 812}, reduced_motion="reduce")
    citizen.goto(f"{exchange}/phone")
    agent.goto(f"{exchange}/phone?number={AGENT}&lang=en")

    citizen.get_by_role("button", name="Ring op").click()
    expect(citizen.get_by_role("log", name="Samtalen")).to_contain_text("Drejer det sig om pas?", timeout=10_000)
    citizen.keyboard.press("1")
    expect(agent.get_by_role("alert").filter(has_text="Call from Karen Holm")).to_be_visible(timeout=10_000)
    agent.get_by_role("button", name="Answer").click()
    expect(agent.locator("#state")).to_have_text("In conversation", timeout=10_000)
    expect(agent.locator("#log .event").last).to_have_text("Connected: a person is on the line")
    expect(citizen.locator("#log .event").last).to_have_text("Forbundet: Der er en person i røret", timeout=10_000)
    agent.get_by_label("Say something").fill("Goddag, du taler med Birgit")
    agent.keyboard.press("Enter")

    expect(citizen.get_by_role("log", name="Samtalen")).to_contain_text("Goddag, du taler med Birgit", timeout=10_000)
    for page in (citizen, agent):
        assert Axe().run(page).violations_count == 0
    assert agent.evaluate("document.documentElement.scrollWidth") == 375

    citizen.get_by_role("button", name="Læg på").click()
    expect(agent.locator("#state")).to_have_text("The call is over", timeout=10_000)
    events = citizen.locator("#log .event").all_inner_texts(), agent.locator("#log .event").all_inner_texts()
    assert events == (
        ["Forbundet: Der er en person i røret", "Du lagde på"],
        ["You answered", "Connected: a person is on the line", "The call is over"],
    )


TONE_HERTZ = 1000
TONE_SECONDS = 2


@pytest.fixture
def whistling_browser(tmp_path):
    """A browser whose microphone hears a quiet tone, and then nothing."""
    wave = 3000 * np.sin(2 * np.pi * TONE_HERTZ * np.arange(TONE_SECONDS * TELEPHONE_RATE) / TELEPHONE_RATE)
    whistle = tmp_path / "whistle.wav"
    whistle.write_bytes(Sound(to_mulaw(to_16_bit(wave))).wav())
    with open_browser(microphone=whistle) as opened:
        yield opened


@pytest.fixture
def listening_exchange(product):
    """An exchange in real time, where the product listens to every call until a key is pressed."""
    with open_listener(TOKEN) as listener:
        live = LiveCarrier(account_sid=ACCOUNT, auth_token=TOKEN, citizens=[Person(name="Karen Holm", number=CITIZEN)])
        live.carrier.number(MAIN, voice_url=f"{product.url}/voice")
        question = '<Gather numDigits="1" timeout="60" action="/next"/>'
        product.on("/voice", f'<Start><Stream name="a" url="{listener.url}/listen"/></Start>{question}')
        product.on("/next", '<Stop><Stream name="a"/></Stop><Pause length="60"/>')
        with live.serve() as base:
            yield base, listener


def test_what_the_microphone_hears_is_the_sound_of_the_call_and_the_page_says_whether_anybody_listens(
    whistling_browser, listening_exchange
):
    base, listener = listening_exchange
    page = whistling_browser.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page.goto(f"{base}/phone")
    button, state = page.get_by_role("button", name="Mikrofon"), page.locator("#microphone-state")
    expect(state).to_have_text("Slukket. Tryk på knappen for at tale i stedet for at skrive.")

    page.get_by_role("button", name="Ring op").click()
    expect(page.locator("#hang-up")).to_be_visible()
    button.focus()
    page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(state).to_have_text("Lytter: tal nu.")
    time.sleep(TONE_SECONDS)
    (heard,) = listener.streams
    hertz, purity = _loudest(heard.sound())
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    page.keyboard.press("1")
    expect(state).to_contain_text("lige nu er det ikke muligt at svare med stemmen")
    button.click()
    expect(state).to_have_text("Slået fra. Ingen hører dig.")
    expect(button).to_have_attribute("aria-pressed", "false")

    assert hertz == pytest.approx(TONE_HERTZ, abs=20)
    assert purity > 0.98, "nothing was torn, folded or miscoded on the way"


def test_without_a_microphone_the_page_says_what_to_do_and_typing_goes_on(browser, listening_exchange):
    base, _ = listening_exchange
    page = browser.new_page()
    page.goto(f"{base}/phone?lang=en")

    page.get_by_role("button", name="Microphone").click()

    expect(page.locator("#microphone-state")).to_contain_text("press again – or type")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.get_by_label("Say something")).to_be_enabled()


def test_another_sites_page_may_not_listen_to_the_person(listening_exchange):
    base, _ = listening_exchange
    address = base.replace("http", "ws") + "/phone/api/lines/CA0/microphone"

    with pytest.raises(InvalidStatus) as refused, connect(address, origin="https://elsewhere.example", proxy=None):
        pass

    assert refused.value.response.status_code == 403


def _loudest(sound: bytes) -> tuple[float, float]:
    """The frequency of the loudest tenth of a second, and its share of all that is heard there."""
    samples = from_mulaw(sound).astype(float)
    pieces = samples[: len(samples) // 800 * 800].reshape(-1, 800)
    loudest = pieces[np.argmax(np.abs(pieces).mean(axis=1))]
    power = np.abs(np.fft.rfft(loudest * np.hanning(800))) ** 2
    peak = int(np.argmax(power))
    return peak * TELEPHONE_RATE / 800, float(power[peak - 3 : peak + 4].sum() / power.sum())
