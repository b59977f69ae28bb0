"""Ways to a person: by day and by night, urgent and in danger."""

from dataclasses import replace

import pytest

from ivr.domain.flow.actions import DialPerson, Enqueue, ForgetCaller, HangUp, KeepMessage, LeaveLine, Record
from ivr.domain.flow.events import MessageRecorded, PersonAnswered, PersonUnreached
from ivr.domain.flow.facts import Texting
from ivr.domain.flow.state import Place
from ivr.domain.routing.hours import Opening
from tests.domain.flow.town import DAYTIME, DUTY, FALLBACK, NIGHT, NOW, Caller, both, but

BORGERSERVICE_CLOSED = but(closed=("borgerservice",))


def test_zero_without_a_matter_reaches_the_person_group():
    assert Caller().press("0")[1:] == (Enqueue(group="omstilling", topic=None),)


def test_zero_with_a_matter_reaches_its_group_with_its_skill():
    caller = Caller()
    caller.say("pas", "pas")

    caller.press("0")

    assert caller.done(Enqueue) == [Enqueue(group="borgerservice", topic="pas", skills=(("pas", 2),))]
    assert caller.hears == (
        "Jeg stiller dig i kø til Borgerservice. Bliv i røret. "
        "Tast 2, hvis du hellere vil have et link på sms. Du beholder din plads i køen."
    )


@pytest.mark.parametrize(
    "asks", [lambda c: c.press("0"), lambda c: c.press("2", "2"), lambda c: c.say("en medarbejder", wants_person=True)]
)
def test_where_the_matters_own_group_is_closed_that_is_told_before_somebody_else_is_asked(asks):
    closed = Opening(is_open=False, opens_at=NOW.replace(hour=15), reason="personalemøde")
    caller = Caller(replace(DAYTIME, openings={**DAYTIME.openings, "borgerservice": closed}))
    caller.say("pas", "pas")

    asks(caller)
    assert caller.hears == (
        "Borgerservice har lukket lige nu. Vi holder lukket: personalemøde. Vi åbner igen klokken 15. "
        "Tast 1 for at indtale en besked. Tast 2 for at få et link på sms. "
        "Tast 0 for at tale med en anden medarbejder. Tast 9 for at gå tilbage, eller læg bare på."
    )
    assert "closed_heard" in caller.noted
    caller.press("0")

    assert caller.hears.startswith("Jeg stiller dig i kø til Omstillingen.")
    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="pas")]


def test_whoever_could_not_be_understood_is_told_of_the_closed_group_and_asked_nothing_more():
    caller = Caller(BORGERSERVICE_CLOSED)
    caller.say("pas", "pas")

    caller.is_silent(3)

    assert caller.hears.startswith(
        "Jeg finder en medarbejder til dig. Borgerservice har lukket lige nu. Vi åbner igen i morgen klokken 9. "
        "Jeg stiller dig i kø til Omstillingen."
    )
    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="pas")]


def test_when_nobody_is_in_zero_tells_when_and_offers_a_message_and_the_link():
    caller = Caller(NIGHT)
    caller.say("pas", "pas")

    caller.press("0")

    assert caller.hears == (
        "Borgerservice har lukket lige nu. Vi åbner igen i morgen klokken 9. "
        "Tast 1 for at indtale en besked. Tast 2 for at få et link på sms. "
        "Tast 9 for at gå tilbage, eller læg bare på."
    )
    assert "closed_heard" in caller.noted


def test_a_closed_group_says_that_somebody_else_is_in_and_zero_reaches_them():
    caller = Caller(BORGERSERVICE_CLOSED)
    caller.say("boligstøtte", "boligstoette")
    assert "Tast 0 for at tale med en anden medarbejder." in caller.hears

    caller.press("0")

    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="boligstoette")]


def test_zero_at_the_closed_door_says_again_when_it_opens_and_never_hangs_up():
    caller = Caller(NIGHT)
    caller.say("boligstøtte", "boligstoette")

    for _ in range(5):
        caller.press("0")

    assert "i morgen klokken 9" in caller.hears
    assert caller.state.place is Place.CLOSED


def test_a_door_that_opens_meanwhile_lets_the_caller_in():
    caller = Caller(NIGHT)
    caller.say("boligstøtte", "boligstoette")

    caller.facts = but()
    caller.press("0")

    assert caller.done(Enqueue) == [Enqueue(group="borgerservice", topic="boligstoette")]


def test_a_message_is_kept_for_the_group_that_was_closed_and_the_call_ends_with_a_goodbye():
    caller = Caller(NIGHT)
    caller.say("boligstøtte", "boligstoette")
    caller.press("1")
    assert isinstance(caller.asked, Record)

    caller.does(MessageRecorded(recording="https://carrier.example/r/1", seconds=12))

    assert caller.done(KeepMessage) == [
        KeepMessage(group="borgerservice", recording="https://carrier.example/r/1", seconds=12)
    ]
    assert caller.hears == "Tak. Din besked er modtaget, og vi vender tilbage. Farvel."
    assert caller.asked == HangUp()


def test_a_message_without_a_word_is_asked_for_again_and_then_let_go_with_a_goodbye():
    caller = Caller(NIGHT)
    caller.say("boligstøtte", "boligstoette")
    caller.press("1")

    caller.is_silent(2)
    assert isinstance(caller.asked, Record)
    caller.is_silent()

    assert caller.hears == "Du er velkommen til at ringe igen, når vi har åbent. Farvel."
    assert caller.asked == HangUp()


def test_silence_at_a_closed_door_ends_in_a_goodbye_or_with_a_person_if_one_is_in():
    at_night, by_day = Caller(NIGHT), Caller(BORGERSERVICE_CLOSED)
    for caller in (at_night, by_day):
        caller.say("boligstøtte", "boligstoette")
        caller.is_silent(3)

    assert at_night.asked == HangUp()
    assert by_day.done(Enqueue) == [Enqueue(group="omstilling", topic="boligstoette")]


def test_a_link_taken_at_a_closed_door_comes_back_to_the_door_and_is_offered_no_more():
    caller = Caller(NIGHT)
    caller.say("hjemmehjælp", "hjemmehjaelp")

    caller.press("2", "1")

    assert "Linket er på vej" in caller.hears
    assert caller.state.place is Place.CLOSED
    assert "få et link" not in caller.hears
    caller.press("9")
    assert caller.state.place is Place.QUESTION


def test_the_reason_for_closing_is_told_in_the_language_it_is_written_in():
    opening = but(NIGHT).openings["vagt"]
    facts = but(NIGHT, line=type(opening)(is_open=False, opens_at=opening.opens_at, reason="Grundlovsdag"))

    caller = Caller(facts)
    assert "Vi holder lukket: Grundlovsdag. Vi åbner igen i morgen klokken 9." in caller.hears
    caller.press("2")
    assert "Grundlovsdag" not in caller.hears


def test_a_door_that_opens_nobody_knows_when_says_so():
    opening = NIGHT.line
    caller = Caller(but(NIGHT, line=type(opening)(is_open=False)))

    assert "Vi har lukket indtil videre." in caller.hears


def test_a_reason_without_a_known_end_is_told_all_the_same():
    caller = Caller(but(NIGHT, line=Opening(is_open=False, reason="vandskade")))

    assert "Vi har lukket indtil videre: vandskade." in caller.hears
    caller.press("2")
    assert "We are closed for now. What" in caller.hears


def test_an_urgent_matter_goes_before_everybody_without_notices_or_links_and_leaves_no_trace_of_the_number():
    caller = Caller(but(topic_notices={"bekymring": (both("Besked", "Notice"),)}))

    caller.press("1", "5")

    assert caller.done(Enqueue) == [Enqueue(group="vagt", topic="bekymring", urgent=True)]
    assert len(caller.done(ForgetCaller)) == 1
    assert caller.hears == (
        "Er nogen i livsfare, så læg på og ring 112. "
        "Jeg stiller dig om med det samme. Bliv i røret. Dit nummer bliver ikke vist."
    )
    caller.press("2")
    assert caller.waits
    caller.is_silent()
    assert caller.hears == "Du står stadig i kø, og vi svarer, så snart vi kan."


def test_at_night_an_urgent_matter_rings_the_duty_line():
    caller = Caller(NIGHT)

    caller.say("bekymret for et barn", "bekymring")

    assert caller.asked == DialPerson(number=DUTY.e164, seconds=20, whisper=False)
    assert caller.hears == "Er nogen i livsfare, så læg på og ring 112. Jeg ringer til vores vagt. Bliv i røret."
    caller.does(PersonAnswered())
    assert caller.noted == ["person_reached"]
    assert caller.hears == "Tak for opkaldet. Farvel."


def test_a_duty_line_that_does_not_answer_leads_to_whoever_is_in_first_in_line():
    caller = Caller(but(closed=("vagt",)))
    caller.say("bekymret for et barn", "bekymring")

    caller.does(PersonUnreached())

    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="bekymring", urgent=True)]


@pytest.mark.parametrize("event", [PersonUnreached(), None])
def test_a_duty_line_that_does_not_answer_at_night_leads_to_a_message_and_can_be_rung_again(event):
    caller = Caller(NIGHT)
    caller.say("bekymret for et barn", "bekymring")

    caller.does(event) if event else caller.is_silent()

    assert caller.hears == (
        "Vagten svarede ikke. Den sociale vagt har lukket lige nu. Vi åbner igen i morgen klokken 9. "
        "Tast 1 for at indtale en besked. Tast 0 for at ringe til vagten igen. "
        "Tast 9 for at gå tilbage, eller læg bare på."
    )
    caller.press("0")
    assert caller.asked == DialPerson(number=DUTY.e164, seconds=20, whisper=False)


def test_silence_after_an_unreached_duty_line_does_not_ring_it_for_ever():
    caller = Caller(NIGHT)
    caller.say("bekymret for et barn", "bekymring")
    caller.does(PersonUnreached())

    caller.is_silent(3)

    assert caller.asked == HangUp()


def test_danger_is_told_to_ring_112_and_whoever_stays_is_first_in_line():
    caller = Caller()

    caller.say("min mand har hjertestop", ("pas", 0.9), danger=True)

    assert caller.hears.startswith("Er nogen i livsfare, så læg på og ring 112 nu.")
    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic=None, urgent=True)]
    assert caller.noted == ["heard", "danger_heard"]


def test_danger_about_an_urgent_matter_keeps_the_matter():
    caller = Caller()

    caller.say("barnet bløder", "bekymring", danger=True)

    assert caller.done(Enqueue) == [Enqueue(group="vagt", topic="bekymring", urgent=True)]
    assert caller.done(ForgetCaller)


def test_danger_at_night_is_put_through_to_the_numbers_fallback():
    caller = Caller(NIGHT)

    caller.say("min mand har hjertestop", danger=True)

    assert caller.asked == DialPerson(number=FALLBACK.e164, seconds=20, whisper=False)


@pytest.mark.parametrize(("said", "group"), [({"danger": True}, "omstilling"), ({"topics": ["bekymring"]}, "vagt")])
def test_a_waiting_caller_for_whom_it_becomes_urgent_goes_to_the_front(said, group):
    caller = Caller()
    caller.say("hjemmehjælp", "hjemmehjaelp")
    caller.press("2")

    caller.say("…", *said.pop("topics", ()), **said)

    kinds = [type(deed) for deed in caller.deeds if isinstance(deed, LeaveLine | Enqueue)]
    assert kinds == [LeaveLine, Enqueue]
    (enqueue,) = caller.done(Enqueue)
    assert (enqueue.group, enqueue.urgent) == (group, True)


def test_a_caller_exempt_from_digital_post_is_never_offered_a_link():
    exempt = but(texting=Texting.NEVER)
    heard = []
    for facts in (exempt, but(exempt, closed=("borgerservice", "omstilling"))):
        caller = Caller(facts)
        for act in (
            lambda c: c.say("pas", "pas"),
            lambda c: c.press("2"),
            lambda c: c.press("2"),
            lambda c: c.is_silent(),
        ):
            act(caller)
            heard.append(caller.hears)

    assert not [text for text in heard if "sms" in text]
