import pytest

from tests.pages.conftest import KAREN, signed_in, talks, waits


def test_the_desk_works_without_script_from_ready_to_wrapped_up(town, ali, ali_reads):
    ready = ali_reads.sends("/desk/state", seen_on="/desk", state="ready")
    call = waits(town)
    town.wait(2)
    ringing = ali_reads.opens("/desk").text
    ali.takes()
    call.joins_conference()
    town.wait(3)
    contact = ali.pop["id"]
    asked = ali_reads.sends(f"/desk/{contact}/hold", seen_on="/desk").text
    town.wait(2)
    held = ali_reads.opens("/desk").text
    linked = ali_reads.sends(f"/desk/{contact}/link", seen_on="/desk", topic="pas").text
    ended = ali_reads.sends(f"/desk/{contact}/hang-up", seen_on="/desk").text
    done = ali_reads.sends(f"/desk/{contact}/wrap-up", seen_on="/desk", resolved="yes", topic="pas", note="").text

    assert "Klar til næste opkald" in ready.text
    assert "Opkald til dig" in ringing
    assert "20 30 40 51" in ringing
    assert "Tilbygning på 28 kvadratmeter" in ringing
    assert "ikke bekræftet" in ringing
    assert "Borgeren sættes på hold." in asked
    assert "På hold" in held
    assert "Linket er på vej til borgeren." in linked
    assert "Afsluttet ved første henvendelse?" in ended
    assert "Gemt. Tak." in done
    assert "Klar til næste opkald" in done


def test_an_offer_that_is_gone_is_told_in_a_sentence(town, ali, ali_reads):
    ali.ready()
    call = waits(town)
    town.wait(2)
    contact = ali.pop["id"]
    call.hang_up()
    town.wait(3)

    answer = ali_reads.sends(f"/desk/{contact}/accept", seen_on="/desk")

    assert answer.status_code == 200
    assert "Opkaldet er her ikke længere: Borgeren lagde på, eller tiden løb ud." in answer.text


def test_a_wrap_up_without_an_answer_asks_for_one(town, ali, ali_reads):
    call = talks(town, ali)
    call.hang_up()
    town.wait(30)

    answer = ali_reads.sends(f"/desk/{town.contact().id}/wrap-up", seen_on="/desk", note="hm")

    assert "Vælg, om henvendelsen blev afsluttet." in answer.text


def test_a_hidden_number_is_said_to_be_hidden(town, ali, ali_reads):
    ali.ready()
    call = town.carrier.phone(KAREN).call("+4572001234", caller_id="anonymous")
    call.hears("Tast 1")
    call.press("0")
    call.hears("kø")
    town.wait(2)

    shown = ali_reads.opens("/desk").text

    assert "Skjult nummer" in shown
    assert "Tilbygning" not in shown


def test_a_desk_on_which_nothing_changed_is_not_sent_again(ali_reads):
    first = ali_reads.opens("/desk/now", **{"X-Fragment": "1"})
    again = ali_reads.opens(f"/desk/now?since={first.headers['X-Version']}", **{"X-Fragment": "1"})

    assert first.status_code == 200
    assert again.status_code == 204
    assert again.headers["X-As-Of"]


def test_the_page_and_its_live_part_are_the_same(ali_reads):
    page, part = ali_reads.opens("/desk").text, ali_reads.opens("/desk/now").text

    assert part.strip().splitlines()[-1] in page


def test_a_state_that_is_no_state_is_refused(ali, ali_reads):
    ali.ready()

    answer = ali_reads.sends("/desk/state", seen_on="/desk", state="nonsense")

    assert answer.status_code == 400
    assert ali.state == "ready"


def test_otto_sees_no_desk_and_moves_nobody(town, ali, otto):
    ali.ready()

    page = otto.opens("/desk")
    part = otto.opens("/desk/now", **{"X-Fragment": "1"})
    sent = otto.sends("/desk/state", seen_on="/login", state="offline")

    assert "/login" in page.url
    assert part.status_code == 401
    assert "/login" in sent.url
    assert ali.state == "ready"


@pytest.mark.browser
def test_a_call_makes_itself_seen_and_is_answered_by_a_key(town, ali, page):
    ali.ready()
    signed_in(page, town, "ali")
    waits(town)
    town.wait(2)
    page.get_by_role("heading", name="20 30 40 51").wait_for()
    title, icon = page.title(), page.locator("#icon").get_attribute("href")

    page.keyboard.press("Alt+KeyS")
    page.get_by_text("Løft din telefon. Du kommer direkte igennem til borgeren.").wait_for()

    assert title.startswith("☎ Opkald")
    assert icon.endswith("icon-ringing.svg")
    assert page.locator("#announce").text_content().startswith("Opkald til dig")


@pytest.mark.browser
def test_a_draft_survives_every_refresh_and_follows_into_the_wrap_up(town, ali, page):
    signed_in(page, town, "ali")
    call = talks(town, ali)
    page.get_by_label("Notat").fill("Spørger til byggesagen")
    page.get_by_role("button", name="Sæt på hold").click()
    page.get_by_text("Borgeren sættes på hold.").wait_for()
    town.wait(2)
    page.get_by_role("button", name="Hent tilbage").click()
    page.get_by_text("Borgeren hentes tilbage.").wait_for()
    town.wait(2)
    page.get_by_role("button", name="Sæt på hold").wait_for()
    during = page.get_by_label("Notat").input_value()
    page.reload()
    after_reload = page.get_by_label("Notat").input_value()
    town.wait(30)
    call.hang_up()
    town.wait(2)
    page.get_by_role("radio", name="Ja").check()
    wrapping = page.get_by_label("Notat").input_value()
    page.get_by_role("button", name="Gem og bliv klar").click()
    page.get_by_text("Klar til næste opkald").wait_for()

    assert (during, after_reload, wrapping) == ("Spørger til byggesagen",) * 3
    assert (town.contact().resolved, town.contact().wrap_up_note) == ("yes", "Spørger til byggesagen")


@pytest.mark.browser
def test_a_desk_that_has_lost_its_connection_says_so_in_red(town, ali, page):
    page.clock.install()
    signed_in(page, town, "ali")
    page.context.set_offline(True)

    page.clock.run_for(7_000)

    stamp = page.locator("#stamp")
    assert "stale" in stamp.get_attribute("class")
    assert "forbindelsen er afbrudt" in stamp.text_content()
