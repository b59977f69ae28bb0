"""Pages as people see them: Ali at the desk, Sofie before the board, Otto outside the door, Karen with a text message."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.kit.town import PASSWORD, Desk, Town

KAREN = "+4520304051"
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 375, "height": 812}


class Visitor:
    """A browser without script: it follows links and sends forms."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._browser = requests.Session()
        self._browser.trust_env = False

    def opens(self, path: str, *, follow: bool = True, **headers: str) -> requests.Response:
        return self._browser.get(f"{self._town.url}{path}", headers=headers, timeout=20, allow_redirects=follow)

    def sends(self, path: str, *, seen_on: str, csrf: bool = True, **fields: str) -> requests.Response:
        """Sends a form of the page `seen_on`."""
        form = {"csrf_token": self._token(seen_on)} if csrf else {}
        return self._browser.post(f"{self._town.url}{path}", data={**form, **fields}, timeout=20)

    def signs_in(self, username: str, password: str = PASSWORD) -> "Visitor":
        self.sends("/login", seen_on="/login", username=username, password=password)
        return self

    def _token(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.opens(path).text)
        assert found is not None, f"{path} has no form"
        return found[1]


@pytest.fixture
def otto(town: Town) -> Visitor:
    return Visitor(town)


@pytest.fixture
def ali(town: Town) -> Desk:
    return town.agent("ali", groups="omstilling")


@pytest.fixture
def ali_reads(town: Town, ali: Desk) -> Visitor:
    return Visitor(town).signs_in("ali")


@pytest.fixture
def sofie(town: Town) -> Desk:
    return town.agent("sofie", groups="borgerservice", role="supervisor")


@pytest.fixture
def sofie_reads(town: Town, sofie: Desk) -> Visitor:
    return Visitor(town).signs_in("sofie")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that fails the test when a script fails or when the content security policy stops something."""
    context = browser.new_context(locale="da-DK", viewport=WIDE)
    problems: list[str] = []
    tab = context.new_page()
    tab.set_default_timeout(10_000)
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    yield tab
    context.close()
    assert problems == []


def signed_in(page: Page, town: Town, username: str) -> Page:
    page.goto(f"{town.url}/login")
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_url(re.compile("/(desk|wallboard)"))
    return page


def waits(town: Town, number: str = KAREN):
    """A caller in line for the switchboard."""
    call = town.calls(number)
    call.hears("Tast 1")
    call.press("0")
    call.hears("kø")
    return call


def talks(town: Town, ali: Desk):
    """Karen and Ali in conversation."""
    ali.ready()
    call = waits(town)
    ali.takes()
    call.joins_conference()
    town.wait(5)
    return call
