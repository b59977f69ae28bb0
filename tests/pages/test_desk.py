import re

import pytest

from tests.pages.conftest import KAREN, signed_in, talks, waits

PHONE = {"width": 390, "height": 844}


def options(text: str, name: str) -> list[str]:
    """What a list offers, in its order."""
    shown = re.search(rf'<select name="{name}".*?</select>', text, re.S)
    assert shown is not None
    return re.findall(r'<option value="[^"]+"[^>]*>([^<]+)', shown[0])


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


def test_whoever_did_not_answer_is_told_so_and_is_back_with_one_click(town, ali, ali_reads):
    ali.ready()
    waits(town)
    ali.phone.rings()
    town.wait(40)
    told = ali_reads.opens("/desk").text
    state = ali.state
    back = ali_reads.sends("/desk/state", seen_on="/desk", state="ready").text

    assert state == "break"
    assert "Du er sat på pause" in told
    assert "uden svar" in told
    assert 'name="state" value="ready"' in told
    assert "Du er sat på pause" not in back
    assert ali.state in ("ready", "offered")


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


def test_topics_stand_in_the_order_of_what_is_shown_without_their_article(town, ali, ali_reads):
    talks(town, ali).hang_up()
    town.wait(2)

    offered = options(ali_reads.opens("/desk").text, "topic")
    ali_reads.opens("/language/en?next=/desk")
    in_english = options(ali_reads.opens("/desk").text, "topic")

    some = [
        "Affald",
        "At bestille tid i Borgerservice",
        "En bopælsattest",
        "En olietank",
        "Pas",
        "Rotter",
        "Åbningstider",
    ]
    assert [topic for topic in offered if topic in some] == some
    assert offered[-1] == "Åbningstider"
    some = ["A building case", "Changing doctor", "An oil tank", "A passport", "Rats"]
    assert [topic for topic in in_english if topic in some] == some


def test_to_end_the_day_and_to_sign_out_have_different_names(ali_reads):
    shown = ali_reads.opens("/desk").text

    assert re.findall(r"<button[^>]*>(Log ud|Slut for i dag|Log af)</button>", shown) == ["Log ud", "Slut for i dag"]
    assert "Ikke på arbejde" in shown


def test_a_call_without_a_topic_is_named_by_its_group(town, ali, ali_reads):
    ali.ready()
    waits(town)
    town.wait(2)

    shown = ali_reads.opens("/desk").text

    assert 'data-title="Opkald: Omstillingen"' in shown
    assert 'data-announce="Opkald til dig: Omstillingen"' in shown


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


@pytest.mark.browser
def test_on_a_telephone_s_screen_forms_keep_their_distance_from_the_edge(town, ali, page):
    signed_in(page, town, "ali")
    page.set_viewport_size(PHONE)
    call = talks(town, ali)
    page.get_by_label("Notat").wait_for()
    inside = "([outer, inner]) => { const a = document.querySelector(outer).getBoundingClientRect(), b = document.querySelector(inner).getBoundingClientRect(); return [b.left - a.left, a.right - b.right]; }"

    note = page.evaluate(inside, [".call", "#note"])
    topic, send = page.locator("#link-topic").bounding_box(), page.locator(".link button").bounding_box()
    call.hang_up()
    town.wait(2)
    page.get_by_role("radio", name="Ja").wait_for()
    save = page.evaluate(inside, [".call", ".wrap .answers"])

    assert note == [16, 16]
    assert save == [16, 16]
    assert topic["y"] == send["y"]
    assert topic["x"] + topic["width"] == pytest.approx(send["x"], abs=1)


@pytest.mark.browser
def test_a_note_is_there_in_another_tab_and_gone_when_the_contact_is(town, ali, page):
    signed_in(page, town, "ali")
    other = page.context.new_page()
    call = talks(town, ali)
    page.get_by_label("Notat").wait_for()
    other.goto(f"{town.url}/desk")
    page.get_by_label("Notat").fill("Spørger til byggesagen")

    other.wait_for_function("document.getElementById('note').value === 'Spørger til byggesagen'", timeout=10_000)
    call.hang_up()
    town.wait(2)
    other.get_by_role("radio", name="Ja").check()
    wrapping = other.get_by_label("Notat").input_value()
    other.get_by_role("button", name="Gem og bliv klar").click()
    other.get_by_text("Klar til næste opkald").wait_for()

    assert wrapping == "Spørger til byggesagen"
    assert other.evaluate("Object.keys(localStorage)") == []


@pytest.mark.browser
def test_whoever_signs_out_leaves_no_note_behind(town, ali, page):
    signed_in(page, town, "ali")
    talks(town, ali)
    page.get_by_label("Notat").fill("Spørger til byggesagen")
    assert page.evaluate("Object.keys(localStorage).length") == 1

    page.get_by_role("button", name="Log ud").click()
    page.wait_for_url(re.compile("/login"))

    assert page.evaluate("Object.keys(localStorage)") == []


@pytest.mark.browser
def test_a_page_that_is_not_there_stands_in_the_middle(town, page):
    page.goto(f"{town.url}/ingenting")

    card = page.locator(".card").bounding_box()

    assert card["x"] + card["width"] / 2 == pytest.approx(page.viewport_size["width"] / 2, abs=10)
    assert card["y"] > 90


@pytest.mark.browser
def test_on_the_wallboard_nothing_is_cut_off_and_one_open_form_stretches_no_neighbour(town, sofie, page):
    call = town.calls()
    call.hears("Tast 1")
    call.say("jeg vil bygge en carport")
    town.wait(5)
    call.press("1")
    town.wait(8)
    call.press("0")
    town.wait(3)
    page.set_viewport_size({"width": 1400, "height": 900})
    signed_in(page, town, "sofie")
    page.goto(f"{town.url}/wallboard")
    topic = page.locator("#waits-byg .topic")
    topic.wait_for()
    neighbour = page.locator("#group-opkraevning")
    before = neighbour.bounding_box()["height"]

    page.locator("#group-byg summary").click()

    assert topic.inner_text() == "Carport, skur og garage"
    assert (
        topic.evaluate("shown => shown.scrollWidth <= shown.clientWidth && getComputedStyle(shown).whiteSpace")
        == "normal"
    )
    assert neighbour.bounding_box()["height"] <= before
