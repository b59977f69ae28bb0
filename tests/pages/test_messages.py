import io
import re
import threading
import wave
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import text

from tests.api.conftest import until
from tests.kit.town import ACCOUNT, KAREN, TOKEN, open_town
from tests.pages.conftest import NARROW, Visitor, signed_in
from tests.pages.test_accessibility import is_accessible

EVENING = datetime.fromisoformat("2026-11-22T21:30:00+01:00")
NOBODYS = "0190a1b2-0000-7000-8000-000000000000"
WORDS = "det er Karen, jeg vil gerne ringes op om min regning"


@pytest.fixture
def town(engine, database_url, tmp_path):
    """The town on a Sunday evening, when nobody is in."""
    with open_town(database_url, tmp_path, now=EVENING) as opened:
        yield opened


@pytest.fixture
def birgit_reads(town):
    """An agent of another group."""
    town.agent("birgit", groups="borgerservice")
    return Visitor(town).signs_in("birgit")


@pytest.fixture
def sara_reads(town):
    """Ali's colleague."""
    town.agent("sara", groups="omstilling")
    return Visitor(town).signs_in("sara")


def leaves_a_message(town, words=WORDS, number=KAREN, **how):
    """Somebody calls out of hours and speaks after the tone. Returns the address of the message."""
    call = town.calls(number, **how)
    call.hears("Tast 1")
    call.press("0")
    call.hears("Tast 1 for at indtale")
    call.press("1")
    call.hears("efter tonen")
    town.wait(12)
    call.say(words)
    call.press("#")
    call.hears("modtaget")
    call.ends()
    with town.engine.connect() as db:
        return f"/messages/{db.execute(text('SELECT id FROM messages ORDER BY left_at DESC LIMIT 1')).scalar_one()}"


def leaves_a_message_for_kirsten(town):
    """Somebody asks for an employee who is away, speaks after the tone and hangs up."""
    call = town.calls()
    call.hears("Tast 1")
    call.say("jeg vil tale med Kirsten Dalgaard")
    call.hears("ferie")
    call.press("2")
    call.hears("efter tonen")
    town.wait(12)
    call.say(WORDS)
    call.hang_up()
    town.wait(5)


def handled_by(town):
    """Who is in the log for having dealt with a message."""
    with town.engine.connect() as db:
        return [
            row.username
            for row in db.execute(
                text(
                    "SELECT a.username FROM events e JOIN agents a ON a.id = e.agent_id WHERE kind = 'message_handled'"
                )
            )
        ]


def kept(town):
    """What is known of each message, in the order in which they were left."""
    with town.engine.connect() as db:
        return db.execute(text("SELECT * FROM messages ORDER BY left_at")).all()


def runs_out_of_time(town):
    """The deadline of every message is this very moment; a little later it has passed."""
    with town.engine.begin() as db:
        db.execute(text("UPDATE messages SET due_at = :now"), {"now": town.clock.now()})
    town.wait(3)


def loses_its_sound(town):
    """Nothing of the sounds is left, as if none had been fetched."""
    with town.engine.begin() as db:
        db.execute(text("DELETE FROM message_sounds"))


def seconds_of(sound):
    with wave.open(io.BytesIO(sound)) as heard:
        return heard.getnframes() / heard.getframerate()


def test_a_message_of_the_evening_is_heard_and_marked_the_next_morning(town, ali, ali_reads):
    message = leaves_a_message(town)
    town.is_dispatching = False
    town.wait(12 * 3600)
    town.is_dispatching = True

    desk = ali_reads.opens("/desk").text
    page = ali_reads.opens("/messages").text
    sound = ali_reads.opens(f"{message}/audio")
    marked = ali_reads.sends(f"{message}/handled", outcome="settled", seen_on="/messages").text

    assert '<span>1</span><span class="visually-hidden"> ubehandlede</span>' in desk
    assert "1 ubehandlet besked</p>" in page
    assert "20 30 40 59" in page
    assert "22. nov. 2026 kl. 21.30" in page
    assert "Omstillingen" in page
    assert (sound.status_code, sound.headers["Content-Type"]) == (200, "audio/wav")
    assert seconds_of(sound.content) == kept(town)[-1].seconds
    assert "Tak. Beskeden er behandlet." in marked
    assert "Ingen beskeder venter" in marked
    assert town.facts()[-1] == "message_handled"


def test_the_browser_never_learns_where_the_sound_lies_or_how_to_get_it(town, ali_reads):
    message = leaves_a_message(town)

    page, sound = ali_reads.opens("/messages"), ali_reads.opens(f"{message}/audio")

    assert f'src="{message}/audio"' in page.text
    for told in (page.text, str(page.headers), str(sound.headers)):
        assert ACCOUNT not in told
        assert TOKEN not in told
        assert kept(town)[-1].recording.rsplit("/", 1)[-1] not in told
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    assert sound.headers["Cache-Control"] == "no-store"


def test_the_first_due_stands_first_and_each_tells_its_topic_and_length(town, sofie_reads):
    leaves_a_message(town)
    call = town.calls("+4520304051")
    call.hears("Tast 1")
    call.say("jeg har et spørgsmål til en regning fra kommunen")
    call.hears("Tast 1 for at indtale")
    call.press("1")
    call.hears("efter tonen")
    town.wait(12)
    call.say("det er en anden")
    call.press("#")
    call.ends()

    page = sofie_reads.opens("/messages").text

    assert "2 ubehandlede beskeder, den med kortest frist først" in page
    first, second = page.split('class="card letter"')[1:]
    assert "20 30 40 59" in first
    assert "Uden emne" in first
    assert "20 30 40 51" in second
    assert "Uden emne" not in second
    assert f"</span>0:{kept(town)[1].seconds:02}" in second


def test_a_message_for_somebody_who_was_away_says_for_whom_it_is(town, sofie_reads):
    leaves_a_message(town)
    leaves_a_message_for_kirsten(town)

    page = sofie_reads.opens("/messages").text

    first, second = page.split('class="card letter"')[1:]
    assert "<p>Til " not in first
    assert "<p>Til Kirsten Dalgaard</p>" in second
    assert "Byg og Plan" in second


def test_the_story_tells_that_somebody_was_asked_for_who_was_away(town, sofie_reads):
    leaves_a_message_for_kirsten(town)

    story = sofie_reads.opens(f"/contacts/{town.contact().id}").text

    assert "Medarbejder var ikke til stede" in story


def test_the_story_is_a_click_away_for_those_who_may_read_the_log(town, ali_reads, sofie_reads):
    message = leaves_a_message(town)
    story = f"/contacts/{town.contact().id}"

    for_supervisors, for_agents = sofie_reads.opens("/messages").text, ali_reads.opens("/messages").text
    sofie_reads.sends(f"{message}/handled", outcome="settled", seen_on="/messages")

    assert story in for_supervisors
    assert story not in for_agents
    assert "Besked behandlet</strong> · Sofie" in sofie_reads.opens(story).text


def test_a_hidden_number_is_said_to_be_hidden(town, ali_reads):
    leaves_a_message(town, caller_id="anonymous")

    assert "Skjult nummer" in ali_reads.opens("/messages").text


def test_of_an_anonymous_caller_no_number_is_told(town, ali_reads):
    leaves_a_message(town)
    with town.engine.begin() as db:
        db.execute(text("UPDATE contacts SET anonymous = true, caller = NULL, caller_pseudonym = NULL"))

    page = ali_reads.opens("/messages").text

    assert "20 30 40 59" not in page
    assert "Skjult nummer" not in page


def test_the_page_is_there_in_english(town, ali_reads):
    leaves_a_message(town)

    page = ali_reads.opens("/language/en?next=/messages").text

    assert "1 message not dealt with</p>" in page
    assert "22 Nov 2026 at 21:30" in page
    assert "Due 24 Nov 2026 11:00" in page
    assert "Take the message" in page


def test_without_messages_the_page_says_so_and_the_header_counts_nothing(ali_reads):
    page = ali_reads.opens("/messages").text

    assert "Ingen beskeder venter" in page
    assert 'id="unheard" hidden' in page


def test_a_colleague_of_another_group_sees_hears_and_marks_nothing(town, ali_reads, birgit_reads):
    message = leaves_a_message(town)

    page = birgit_reads.opens("/messages").text
    sound = birgit_reads.opens(f"{message}/audio")
    marked = birgit_reads.sends(f"{message}/handled", outcome="settled", seen_on="/messages")

    assert "Ingen beskeder venter" in page
    assert 'id="unheard" hidden' in page
    assert (sound.status_code, marked.status_code) == (404, 404)
    assert sound.headers["Content-Type"].startswith("text/html")
    assert "1 ubehandlet besked" in ali_reads.opens("/messages").text


def test_otto_sees_hears_and_marks_nothing(town, otto, ali_reads):
    message = leaves_a_message(town)

    for path in ("/messages", "/messages/unheard", f"{message}/audio"):
        assert "/login" in otto.opens(path).url
    assert otto.opens(f"{message}/audio", follow=False).status_code == 302
    assert "/login" in otto.sends(f"{message}/handled", outcome="settled", seen_on="/login").url
    assert "1 ubehandlet besked" in ali_reads.opens("/messages").text


def test_after_signing_out_the_sound_is_not_played(town, ali_reads):
    message = leaves_a_message(town)
    ali_reads.sends("/logout", seen_on="/messages")

    answer = ali_reads.opens(f"{message}/audio", follow=False)

    assert answer.status_code == 302


def test_a_message_that_is_not_there_is_not_found(ali_reads):
    assert ali_reads.opens(f"/messages/{NOBODYS}/audio").status_code == 404
    assert ali_reads.sends(f"/messages/{NOBODYS}/handled", outcome="settled", seen_on="/messages").status_code == 404


def test_a_form_of_somewhere_else_marks_nothing(town, ali_reads):
    message = leaves_a_message(town)

    answer = ali_reads.sends(f"{message}/handled", outcome="settled", seen_on="/messages", csrf=False)

    assert answer.status_code == 400
    assert handled_by(town) == []


def test_the_second_of_two_colleagues_is_told_kindly(town, ali_reads, sara_reads):
    message = leaves_a_message(town)
    ali_reads.sends(f"{message}/handled", outcome="settled", seen_on="/messages")

    late = sara_reads.sends(f"{message}/handled", outcome="settled", seen_on="/desk")

    assert late.status_code == 200
    assert "En kollega var først og har allerede taget sig af beskeden." in late.text
    assert handled_by(town) == ["ali"]


def test_of_two_colleagues_at_the_same_moment_one_wins(town, ali_reads, sara_reads):
    for _ in range(5):
        message = leaves_a_message(town)
        together = threading.Barrier(2)

        def marks(who, message=message, together=together):
            token = who._token("/messages")
            together.wait()
            return who.sends(f"{message}/handled", outcome="settled", seen_on="/messages", csrf_token=token).text

        with ThreadPoolExecutor() as both:
            answers = list(both.map(marks, (ali_reads, sara_reads)))

        assert ["Tak. Beskeden er behandlet." in answer for answer in answers].count(True) == 1
        assert ["En kollega var først" in answer for answer in answers].count(True) == 1
    assert len(handled_by(town)) == 5


def test_to_say_it_twice_oneself_is_no_quarrel(town, ali_reads):
    message = leaves_a_message(town)
    ali_reads.sends(f"{message}/handled", outcome="settled", seen_on="/messages")

    again = ali_reads.sends(f"{message}/handled", outcome="settled", seen_on="/desk").text

    assert "Tak. Beskeden er behandlet." in again
    assert handled_by(town) == ["ali"]


def test_a_player_may_ask_for_a_part_of_the_sound(town, ali_reads):
    message = leaves_a_message(town)
    whole = ali_reads.opens(f"{message}/audio").content

    part = ali_reads.opens(f"{message}/audio", Range="bytes=1000-1999")
    beyond = ali_reads.opens(f"{message}/audio", Range="bytes=99999999-")

    assert (part.status_code, part.headers["Content-Range"]) == (206, f"bytes 1000-1999/{len(whole)}")
    assert part.content == whole[1000:2000]
    assert beyond.status_code == 416


def test_a_list_in_which_nothing_changed_is_not_sent_again(town, ali_reads):
    leaves_a_message(town)
    first = ali_reads.opens("/messages/unheard", **{"X-Fragment": "1"})
    same = ali_reads.opens(f"/messages/unheard?since={first.headers['X-Version']}", **{"X-Fragment": "1"})
    leaves_a_message(town)
    other = ali_reads.opens(f"/messages/unheard?since={first.headers['X-Version']}", **{"X-Fragment": "1"})

    assert "1 ubehandlet besked" in first.text
    assert (same.status_code, other.status_code) == (204, 200)
    assert "2 ubehandlede beskeder" in other.text


def test_the_page_and_its_live_part_are_the_same(town, ali_reads):
    leaves_a_message(town)

    page, part = ali_reads.opens("/messages").text, ali_reads.opens("/messages/unheard").text

    # A token tells the second in which it was made, and the two were not asked for in the same.
    assert without_tokens(part[part.index("<ol") :].strip()) in without_tokens(page)


def without_tokens(html):
    return re.sub(r'name="csrf_token" value="[^"]*"', "", html)


def test_a_sound_that_is_not_here_yet_is_said_to_be_on_its_way(town, ali_reads):
    town.is_dispatching = False
    message = leaves_a_message(town)

    page, answer = ali_reads.opens("/messages").text, ali_reads.opens(f"{message}/audio")

    assert "Optagelsen er på vej fra teleselskabet." in page
    assert "<audio" not in page
    assert answer.status_code == 503
    assert "Beskeden er ikke tabt" in answer.text


def test_a_recording_that_the_carrier_had_deleted_is_said_to_be_deleted(town, ali_reads):
    town.is_dispatching = False
    message = leaves_a_message(town)
    town.carrier.recordings.all.clear()
    town.wait(3700)
    town.is_dispatching = True
    town.wait(1)

    page, answer = ali_reads.opens("/messages").text, ali_reads.opens(f"{message}/audio")

    assert "Optagelsen er slettet hos teleselskabet, før den blev hentet." in page
    assert answer.status_code == 410
    assert "Optagelsen er slettet" in answer.text


def test_a_message_tells_its_deadline_and_in_words_that_it_has_passed(town, ali_reads):
    leaves_a_message(town)
    in_time = ali_reads.opens("/messages").text
    runs_out_of_time(town)

    late = ali_reads.opens("/messages").text

    assert "Frist 24. nov. 2026 11.00" in in_time
    assert "Over fristen" not in in_time
    assert "<strong>Over fristen</strong> siden 21.3" in late


def test_who_has_taken_a_message_is_told_and_only_they_can_end_it(town, ali_reads, sara_reads):
    message = leaves_a_message(town)
    taken = ali_reads.sends(f"{message}/take", seen_on="/messages").text

    for_sara = sara_reads.opens("/messages").text
    refused = sara_reads.sends(f"{message}/handled", outcome="settled", seen_on="/desk").text

    assert "Beskeden er din." in taken
    assert "Du har taget beskeden" in taken
    assert "Taget af Ali" in for_sara
    assert "Tag beskeden" not in for_sara
    assert "Markér som behandlet" not in for_sara
    assert "Læg tilbage" not in for_sara
    assert "En kollega var først" in refused
    assert handled_by(town) == []


def test_a_message_that_is_given_back_may_be_taken_by_anybody(town, ali_reads, sofie_reads, sara_reads):
    message = leaves_a_message(town)
    ali_reads.sends(f"{message}/take", seen_on="/messages")

    given_back = sofie_reads.sends(f"{message}/give-back", seen_on="/messages").text
    sara_reads.sends(f"{message}/take", seen_on="/messages")

    assert "Beskeden er lagt tilbage til gruppen." in given_back
    assert "Taget af Sara" in ali_reads.opens("/messages").text


def test_nothing_is_marked_without_what_came_of_it(town, ali_reads):
    message = leaves_a_message(town)

    for outcome in ("", "nonsense"):
        answer = ali_reads.sends(f"{message}/handled", outcome=outcome, seen_on="/messages").text
        assert "Vælg, hvad der kom ud af beskeden." in answer

    assert handled_by(town) == []


def test_the_desk_offers_the_next_message_to_whoever_is_ready_while_nobody_waits(town, ali, ali_reads):
    message = leaves_a_message(town)
    before = ali_reads.opens("/desk").text
    ali.ready()

    # The count is the board's, which is read anew after a moment.
    ready = until(lambda: ali_reads.opens("/desk").text, lambda page: "1 besked</span>" in page)
    taken = ali_reads.sends(f"{message}/take", seen_on="/desk").text
    mine = ali_reads.opens("/desk").text

    assert 'id="task"' not in before
    assert "Næste besked: Uden emne" in ready
    assert "Frist 24. nov. 2026 11.00" in ready
    assert "Du har taget beskeden" in taken
    assert "Din besked: Uden emne" in mine
    assert f'href="/messages#message-{message.removeprefix("/messages/")}"' in mine


def test_the_wallboard_counts_messages_and_those_over_their_deadline(town, sofie_reads):
    leaves_a_message(town)
    runs_out_of_time(town)

    counted = "1 besked venter, <strong>1 over fristen</strong>"
    assert until(lambda: sofie_reads.opens("/wallboard").text, lambda board: counted in board)


@pytest.mark.browser
def test_the_page_plays_a_message_and_shows_the_next_one_by_itself(town, ali, page):
    leaves_a_message(town, words=f"{WORDS} " * 6)
    signed_in(page, town, "ali")
    page.get_by_role("link", name="Beskeder").click()
    page.locator("audio").evaluate(
        """audio => new Promise((heard) => {
            audio.addEventListener("timeupdate", () => audio.currentTime > 0.2 && heard());
            audio.play();
        })"""
    )

    leaves_a_message(town, number="+4520304051")
    page.get_by_text("20 30 40 51").wait_for()

    assert page.locator("audio").first.evaluate("audio => audio.paused || audio.ended") is False
    assert page.locator("#unheard").inner_text().startswith("2")
    assert "2 ubehandlede beskeder" in page.locator("#announce").text_content()


@pytest.mark.browser
def test_what_somebody_hears_goes_on_when_a_colleague_marks_another(town, ali, sofie_reads, page):
    before = leaves_a_message(town)
    leaves_a_message(town, words=f"{WORDS} " * 6, number="+4520304051")
    signed_in(page, town, "ali")
    page.goto(f"{town.url}/messages")
    page.locator("audio").nth(1).evaluate("audio => audio.play()")

    sofie_reads.sends(f"{before}/handled", outcome="settled", seen_on="/messages")
    page.get_by_text("20 30 40 59").wait_for(state="detached")

    assert page.locator("audio").evaluate("audio => audio.paused || audio.ended") is False


@pytest.mark.browser
def test_marking_one_message_leaves_the_others_where_they_are(town, ali, page):
    for _ in range(3):
        leaves_a_message(town)
    signed_in(page, town, "ali")
    page.goto(f"{town.url}/messages")
    page.evaluate("""() => {
        window.moved = 0;
        const count = (changes) => changes.forEach((change) => window.moved += change.addedNodes.length);
        new MutationObserver(count).observe(document.getElementById("unheard-messages"), { childList: true });
        new MutationObserver(count).observe(document.getElementById("letters"), { childList: true });
    }""")

    page.get_by_role("button", name="Tag beskeden").first.click()
    page.get_by_role("button", name="Markér som behandlet").click()
    page.get_by_text("2 ubehandlede beskeder, den med kortest frist først").wait_for()

    assert page.evaluate("window.moved") == 0


@pytest.mark.browser
def test_a_message_is_marked_by_keyboard_and_the_focus_stays_on_the_page(town, ali, page):
    leaves_a_message(town)
    signed_in(page, town, "ali")
    page.goto(f"{town.url}/messages")

    page.get_by_role("button", name="Tag beskeden").press("Enter")
    page.get_by_text("Du har taget beskeden").wait_for()
    page.get_by_role("button", name="Markér som behandlet").press("Enter")
    page.get_by_text("Ingen beskeder venter").wait_for()

    assert page.evaluate("document.activeElement.id") == "said"
    assert page.locator("#unheard").is_hidden()


@pytest.mark.browser
def test_a_sound_that_cannot_be_played_says_so_beside_the_player(town, ali, page):
    leaves_a_message(town)
    loses_its_sound(town)
    signed_in(page, town, "ali")
    page.goto(f"{town.url}/messages")

    page.evaluate("document.querySelector('audio').play().catch(() => null)")

    page.get_by_text("Optagelsen kan ikke hentes lige nu.").wait_for()
    is_accessible(page)


@pytest.mark.browser
def test_the_messages_are_accessible_wide_and_narrow(town, sofie, page):
    signed_in(page, town, "sofie")
    page.goto(f"{town.url}/messages")
    is_accessible(page)
    message = leaves_a_message(town)
    leaves_a_message(town, caller_id="anonymous")
    page.reload()
    is_accessible(page)
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    loses_its_sound(town)
    page.goto(f"{town.url}{message}/audio")
    is_accessible(page)
