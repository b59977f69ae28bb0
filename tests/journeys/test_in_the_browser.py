"""One call in a real browser: the citizen's phone page, the agent's desk and telephone, the supervisor's wallboard."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from tests.kit.processes import ALIS_PHONE, LiveTown, until
from tests.kit.town import PASSWORD

SECONDS = 1000
PICTURES = os.environ.get("IVR_PICTURES")
"""A folder to keep screenshots in, for whoever wants to look."""


def sign_in(browser: Browser, town: LiveTown, username: str, path: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{town.engine.url}{path}")
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    return page


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_a_call_from_the_phone_page_to_the_wrap_up_at_the_desk_seen_on_the_wallboard(browser, live_town):
    desk = sign_in(browser, live_town, "ali", "/desk")
    desk.get_by_role("button", name="Klar", exact=True).click()
    wallboard = sign_in(browser, live_town, "sofie", "/wallboard")
    expect(wallboard.get_by_text("Ali", exact=True).first).to_be_visible(timeout=10 * SECONDS)
    citizen = browser.new_page()
    citizen.goto(f"{live_town.phones_url}/phone")
    telephone = browser.new_page()
    telephone.goto(f"{live_town.phones_url}/phone?number=%2B{ALIS_PHONE[1:]}")

    citizen.get_by_role("button", name="Ring op").click()
    expect(citizen.locator("#log")).to_contain_text("Hvad drejer dit opkald sig om", timeout=15 * SECONDS)
    citizen.locator("#sentence").fill("jeg skal have nyt pas")
    citizen.get_by_role("button", name="Sig", exact=True).click()
    expect(citizen.locator("#log")).to_contain_text("link på sms", timeout=20 * SECONDS)
    citizen.locator('[data-key="1"]').click()
    expect(citizen.locator("#texts")).to_contain_text("/l/", timeout=20 * SECONDS)
    expect(citizen.locator("#log")).to_contain_text("Fik du hjælp", timeout=20 * SECONDS)
    citizen.locator('[data-key="2"]').click()

    expect(desk.get_by_role("button", name="Svar")).to_be_visible(timeout=10 * SECONDS)
    expect(desk.locator("main")).to_contain_text("jeg skal have nyt pas")
    picture(desk, "desk-ringing")
    telephone.get_by_role("button", name="Besvar").click()
    expect(telephone.locator("#log")).to_contain_text("tast 1", timeout=10 * SECONDS, ignore_case=True)
    telephone.locator('[data-key="1"]').click()
    expect(desk.locator("main")).to_contain_text("har talt", timeout=10 * SECONDS)
    expect(wallboard.locator("main")).to_contain_text("samtale", timeout=5 * SECONDS, ignore_case=True)
    picture(desk, "desk-talking")
    picture(citizen, "phone-talking")
    picture(wallboard, "wallboard")

    citizen.get_by_role("button", name="Læg på").click()
    expect(desk.get_by_text("Afsluttet ved første henvendelse?")).to_be_visible(timeout=10 * SECONDS)
    picture(desk, "desk-wrap-up")
    desk.get_by_label("Ja", exact=True).check()
    desk.get_by_role("button", name="Gem og bliv klar").click()
    expect(desk.get_by_text("Afsluttet ved første henvendelse?")).to_be_hidden(timeout=10 * SECONDS)

    assert until(lambda: _outcomes(live_town), why="the contact has ended") == ["settled_by_agent"]


def _outcomes(town: LiveTown) -> list[str]:
    with town.parts.engine.connect() as db:
        return [row.outcome for row in db.execute(text("SELECT outcome FROM contacts WHERE outcome IS NOT NULL"))]
