"""The phone page in a real browser: a citizen calls, an agent answers, both see what is said."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ivr.simulator.service import LiveCarrier, Person
from tests.simulator.conftest import ACCOUNT, AGENT, CITIZEN, MAIN, TOKEN

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
    expect(agent.get_by_role("status")).to_have_text("In conversation", timeout=10_000)
    expect(agent.locator("#log .event").last).to_have_text("Connected: a person is on the line")
    expect(citizen.locator("#log .event").last).to_have_text("Forbundet: Der er en person i røret", timeout=10_000)
    agent.get_by_label("Say something").fill("Goddag, du taler med Birgit")
    agent.keyboard.press("Enter")

    expect(citizen.get_by_role("log", name="Samtalen")).to_contain_text("Goddag, du taler med Birgit", timeout=10_000)
    for page in (citizen, agent):
        assert Axe().run(page).violations_count == 0
    assert agent.evaluate("document.documentElement.scrollWidth") == 375

    citizen.get_by_role("button", name="Læg på").click()
    expect(agent.get_by_role("status")).to_have_text("The call is over", timeout=10_000)
    events = citizen.locator("#log .event").all_inner_texts(), agent.locator("#log .event").all_inner_texts()
    assert events == (
        ["Forbundet: Der er en person i røret", "Du lagde på"],
        ["You answered", "Connected: a person is on the line", "The call is over"],
    )
