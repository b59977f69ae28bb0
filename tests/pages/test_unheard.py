"""The number of messages in the header, on every page that lives."""

import pytest

from tests.kit.town import open_town
from tests.pages.conftest import Visitor, signed_in
from tests.pages.test_messages import EVENING, leaves_a_message

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def town(engine, database_url, tmp_path):
    """The town on a Sunday evening, when nobody is in."""
    with open_town(database_url, tmp_path, now=EVENING) as opened:
        yield opened


def test_the_number_of_messages_comes_with_each_look_of_a_live_page(town, ali_reads, sofie_reads):
    def told(who, path):
        return who.opens(path, **{"X-Fragment": "1"}).headers["X-Unheard"]

    leaves_a_message(town)

    assert told(ali_reads, "/desk/now") == "1"
    assert told(sofie_reads, "/wallboard/queues") == "1"
    assert "X-Unheard" not in ali_reads.opens("/desk").headers


def test_somebody_of_another_group_has_no_messages(town, ali_reads):
    town.agent("mads", groups="byg")
    leaves_a_message(town)

    mads = Visitor(town).signs_in("mads")

    assert mads.opens("/desk/now", **{"X-Fragment": "1"}).headers["X-Unheard"] == "0"


@pytest.mark.browser
def test_the_number_in_the_header_lives_on_the_desk(town, ali, page):
    signed_in(page, town, "ali")
    assert page.locator("#unheard").is_hidden()

    leaves_a_message(town)

    page.locator("#unheard").wait_for(state="visible")
    assert page.locator("#unheard").inner_text().startswith("1")


@pytest.mark.browser
def test_on_a_telephone_s_screen_the_navigation_is_one_line(town, sofie, page):
    leaves_a_message(town)
    signed_in(page, town, "sofie")
    page.set_viewport_size(PHONE)

    for path in ("/desk", "/messages", "/wallboard", "/contacts"):
        page.goto(f"{town.url}{path}")
        tops = {link.bounding_box()["y"] for link in page.locator(".top nav a").all()}

        assert page.locator("#unheard").is_visible()
        assert len(tops) == 1, path
