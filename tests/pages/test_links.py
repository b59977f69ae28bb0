import re

import pytest

from ivr.adapters.store import links
from tests.pages.conftest import KAREN, talks

TELEPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"


@pytest.fixture
def code(town, ali):
    """The code in the text message that Karen has been sent."""
    talks(town, ali)
    ali.does("link", ali.pop["id"], {"topic": "pas"})
    town.wait(3)
    return re.search(r"/l/(\w+)", town.carrier.phone(KAREN).inbox[-1].text)[1]


def clicks(town):
    with town.engine.connect() as db:
        return [link.clicks for link in links.of_contact(db, town.contact().id)]


def test_karen_is_led_to_the_page_and_her_click_is_counted(town, otto, code):
    answer = otto.opens(f"/l/{code}", follow=False, **{"User-Agent": TELEPHONE})

    assert (answer.status_code, answer.headers["Location"]) == (302, "https://lillebaelt.example/pas")
    assert clicks(town) == [1]


def test_a_previewer_is_led_on_but_not_counted(town, otto, code):
    scanner = otto.opens(f"/l/{code}", follow=False, **{"User-Agent": "WhatsApp/2.23"})
    ahead = otto.opens(f"/l/{code}", follow=False, **{"User-Agent": TELEPHONE, "Sec-Purpose": "prefetch"})

    assert (scanner.status_code, ahead.status_code) == (302, 302)
    assert clicks(town) == [0]


def test_a_link_too_old_gives_a_friendly_page(town, otto, code):
    with town.engine.begin() as db:
        links.change(db, links.by_code(db, code).id, expires_at=town.clock.now())

    answer = otto.opens(f"/l/{code}", **{"User-Agent": TELEPHONE})

    assert answer.status_code == 404
    assert "Linket virker ikke mere" in answer.text


def test_an_unknown_code_gives_the_same_page_in_the_browsers_language(otto):
    danish = otto.opens("/l/abcdefgh")
    english = otto.opens("/l/nonsense!", **{"Accept-Language": "en-GB,en"})

    assert (danish.status_code, english.status_code) == (404, 404)
    assert "Linket virker ikke mere" in danish.text
    assert "The link no longer works" in english.text
