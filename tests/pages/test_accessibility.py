"""Every page against WCAG 2.1 AA, wide and narrow, in each state that somebody meets."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pages.conftest import NARROW, WIDE, signed_in, talks, waits

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}


def is_accessible(page):
    # Half-way through a change of colour no contrast is right.
    page.emulate_media(reduced_motion="reduce")
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_sign_in_the_old_link_and_the_lost_page(town, page):
    for path in ("/login", "/l/abcdefgh", "/ingenting"):
        page.goto(f"{town.url}{path}")
        is_accessible(page)


def test_the_desk_in_every_state(town, ali, page):
    signed_in(page, town, "ali")
    is_accessible(page)
    ali.ready()
    page.get_by_text("Klar til næste opkald").wait_for()
    is_accessible(page)
    call = waits(town)
    town.wait(2)
    page.get_by_role("button", name="Svar").wait_for()
    is_accessible(page)
    ali.takes()
    call.joins_conference()
    town.wait(3)
    page.get_by_role("button", name="Sæt på hold").click()
    page.get_by_text("Borgeren sættes på hold.").wait_for()
    town.wait(2)
    page.get_by_role("button", name="Hent tilbage").wait_for()
    is_accessible(page)
    page.get_by_role("button", name="Læg på").click()
    page.get_by_role("radio", name="Ja").wait_for()
    is_accessible(page)


def test_the_board_with_an_alarm_and_a_notice(town, ali, sofie, page):
    ali.wishes("break", "lunch")
    sofie.ask("PUT", "/notices/storm", {"text": {"da": "Lukket i dag.", "en": "Closed today."}})
    waits(town)
    signed_in(page, town, "sofie")
    page.goto(f"{town.url}/wallboard")
    page.get_by_text("1 venter, og ingen er klar").wait_for()
    page.locator("#group-omstilling summary").click()

    is_accessible(page)


def test_the_log_and_a_story(town, ali, sofie, page):
    talks(town, ali)
    signed_in(page, town, "sofie")
    for path in ("/contacts", f"/contacts/{town.contact().id}", "/contacts?day=2026-11-01"):
        page.goto(f"{town.url}{path}")
        is_accessible(page)
