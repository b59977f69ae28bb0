import re

import pytest

from tests.api.conftest import until
from tests.pages.conftest import NARROW, signed_in, waits


def group(text, id="omstilling"):
    """What stands in a group's card, as running text."""
    card = re.search(rf'<section[^>]*id="group-{id}".*?</section>', text, re.S)
    assert card is not None
    return " ".join(re.sub(r"<[^>]+>", " ", card[0]).split())


def test_a_quiet_group_says_no_data_and_nobody_on_duty(sofie_reads):
    shown = group(sofie_reads.opens("/wallboard").text)

    assert "0 venter" in shown
    assert "ingen på arbejde" in shown
    assert "Svarprocent ingen data" in shown


def test_a_caller_whom_nobody_takes_raises_an_alarm_on_the_next_look(town, sofie_reads):
    waits(town)
    town.wait(70)

    page = until(lambda: sofie_reads.opens("/wallboard").text, lambda page: "1 venter, og ingen er klar" in page)

    assert "1 venter 1:" in group(page)


def test_a_group_is_closed_and_opened_by_hand(sofie_reads):
    closed = sofie_reads.sends(
        "/wallboard/groups/omstilling/open", seen_on="/wallboard", open="closed", reason="personalemøde"
    ).text
    again = sofie_reads.sends("/wallboard/groups/omstilling/open", seen_on="/wallboard", open="hours").text

    assert "lukket personalemøde · sat af sofie" in group(closed)
    assert "åben til 15.00" in group(again)


def test_a_group_closed_by_hand_until_an_hour_says_until_when(sofie_reads):
    page = sofie_reads.sends(
        "/wallboard/groups/omstilling/open",
        seen_on="/wallboard",
        open="closed",
        reason="personalemøde",
        until="14:00",
    ).text

    assert "lukket personalemøde til 14.00 · sat af sofie" in group(page)


def test_a_group_closed_by_hand_until_another_day_says_which(sofie_reads):
    page = sofie_reads.sends(
        "/wallboard/groups/omstilling/open",
        seen_on="/wallboard",
        open="closed",
        reason="vandskade",
        day="2026-11-25",
        until="12:00",
    ).text

    assert "lukket vandskade til 25. nov. 2026 12.00 · sat af sofie" in group(page)


def test_a_group_opened_by_hand_says_until_when_by_whom_and_why(sofie_reads):
    page = sofie_reads.sends(
        "/wallboard/groups/omstilling/open",
        seen_on="/wallboard",
        open="open",
        reason="borgermøde",
        until="18:00",
    ).text

    assert "åben til 18.00 · sat af sofie: borgermøde" in group(page)


def test_the_form_asks_for_a_reason_and_an_end_by_day_and_hour(sofie_reads):
    card = re.search(r'<section[^>]*id="group-omstilling".*?</section>', sofie_reads.opens("/wallboard").text, re.S)[0]

    assert re.search(r'<input name="reason"[^>]* required', card)
    assert 'type="date" name="day" value="2026-11-23" min="2026-11-23"' in card
    assert 'type="time" name="until"' in card


@pytest.mark.parametrize(
    "end", [{"until": "ved middagstid"}, {"until": "25:00"}, {"day": "i morgen", "until": "12:00"}]
)
def test_an_end_that_cannot_be_read_closes_nothing(sofie_reads, end):
    page = sofie_reads.sends("/wallboard/groups/omstilling/open", seen_on="/wallboard", open="closed", **end).text

    assert "Dagen eller klokkeslættet kan ikke læses, så det er ikke gemt." in page
    assert "åben til 15.00" in group(page)


def test_an_hour_that_has_passed_is_refused_and_said_to_have_passed(sofie_reads):
    closing = sofie_reads.sends(
        "/wallboard/groups/omstilling/open", seen_on="/wallboard", open="closed", until="09:59"
    ).text
    notice = sofie_reads.sends(
        "/wallboard/notices", seen_on="/wallboard", text_da="Lukket.", text_en="Closed.", until="09:59"
    ).text

    for page in (closing, notice):
        assert "Klokkeslættet er passeret, så det er ikke gemt." in page
        assert "åben til 15.00" in group(page)
        assert "Meddelelser i drift" not in page


def test_hours_that_decide_again_need_no_hour(sofie_reads):
    page = sofie_reads.sends(
        "/wallboard/groups/omstilling/open", seen_on="/wallboard", open="hours", until="09:59"
    ).text

    assert "Gemt." in page


def test_a_notice_is_put_on_the_air_and_removed(sofie_reads):
    page = sofie_reads.sends(
        "/wallboard/notices", seen_on="/wallboard", text_da="Lukket i dag.", text_en="Closed today.", until="14:30"
    ).text
    notice = re.search(r"/wallboard/notices/([^/]+)/remove", page)[1]
    without = sofie_reads.sends(f"/wallboard/notices/{notice}/remove", seen_on="/wallboard").text

    assert "Lukket i dag." in page
    assert "til kl. 14.30" in page
    assert "Lukket i dag." not in without


def test_a_notice_in_one_language_only_is_not_taken(sofie_reads):
    page = sofie_reads.sends("/wallboard/notices", seen_on="/wallboard", text_da="Lukket.", text_en=" ").text

    assert "Meddelelsen mangler tekst på et af sprogene" in page


def test_a_board_that_has_not_changed_is_not_sent_again(sofie_reads):
    first = sofie_reads.opens("/wallboard/queues", **{"X-Fragment": "1"})

    again = sofie_reads.opens(f"/wallboard/queues?since={first.headers['X-Version']}", **{"X-Fragment": "1"})

    assert again.status_code == 204


def test_an_agent_is_told_that_the_board_is_not_for_them(ali_reads):
    answer = ali_reads.opens("/wallboard")

    assert answer.status_code == 403
    assert "Den side har du ikke adgang til" in answer.text


def test_otto_sees_no_board_and_closes_nothing(otto, sofie_reads):
    sent = otto.sends("/wallboard/groups/omstilling/open", seen_on="/login", open="closed")

    assert "/login" in sent.url
    assert "/login" in otto.opens("/wallboard").url
    assert "åben" in group(sofie_reads.opens("/wallboard").text)


@pytest.mark.browser
def test_the_board_keeps_itself_up_to_date_and_leaves_an_open_form_alone(town, sofie, page):
    signed_in(page, town, "sofie")
    page.goto(f"{town.url}/wallboard")
    form = page.locator("#group-omstilling details")
    form.locator("summary").click()
    form.get_by_label("Årsag").fill("personalemøde")

    waits(town)
    page.locator("#group-omstilling .waiting .big", has_text="1").wait_for()

    assert form.get_by_label("Årsag").input_value() == "personalemøde"
    assert "ingen er klar" in page.locator("#announce").text_content()


@pytest.mark.browser
def test_the_board_fits_a_telephone(town, sofie, page):
    waits(town)
    page.set_viewport_size(NARROW)
    signed_in(page, town, "sofie")
    page.goto(f"{town.url}/wallboard")

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
