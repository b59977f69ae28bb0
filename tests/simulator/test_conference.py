"""Conversations in conferences: starting, ending, holding, and what is told of them."""

import pytest

from tests.simulator.conftest import AGENT, CITIZEN, COLLEAGUE, MAIN

EVENTS = "start end join leave hold modify"


def room(label: str, anchor: bool = False, events: str = EVENTS, more: str = "") -> str:
    return (
        f'<Dial action="/next/{label}"><Conference participantLabel="{label}" beep="false" waitUrl="" '
        f'endConferenceOnExit="{str(anchor).lower()}" statusCallback="/room?by={label}" statusCallbackEvent="{events}" '
        f"{more}>"
        "contact-7</Conference></Dial><Pause length='1'/><Redirect>/next/late</Redirect>"
    )


@pytest.fixture
def talking(carrier, product, rest):
    """The citizen and the agent, who is the anchor, in one conference."""
    product.on("/voice", room("citizen"))
    product.on("/agent", room("agent", anchor=True))
    product.on("/next/citizen", "<Say>Du er først i køen</Say><Pause length='60'/>")
    product.on("/next/agent", "<Say>Farvel</Say>")
    citizen = carrier.phone(CITIZEN).call(MAIN)
    rest.calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/agent")
    agent = carrier.phone(AGENT).rings().answer()
    assert carrier.talks(citizen, agent)
    return citizen, agent


def events(product) -> list[str]:
    return product.told("/room", "StatusCallbackEvent")


def test_one_participant_waits_and_two_start_the_conference(carrier, product, rest):
    product.on("/voice", room("citizen").replace('waitUrl=""', ""))
    citizen = carrier.phone(CITIZEN).call(MAIN)
    assert (citizen.in_conference, citizen.hears_music, events(product)) == ("contact-7", True, ["participant-join"])

    product.on("/agent", room("agent", anchor=True))
    rest.calls.create(to=AGENT, from_=MAIN, url=f"{product.url}/agent")
    agent = carrier.phone(AGENT).rings().answer()

    assert carrier.talks(citizen, agent)
    assert not citizen.hears_music
    assert events(product) == ["participant-join", "participant-join", "conference-start"]


def test_the_address_for_callbacks_is_that_of_whoever_came_first(product, talking):
    assert {fields["by"] for fields in product.asked("/room") if "by" in fields} <= {"citizen"}
    assert product.asked("/room")[1]["ParticipantLabel"] == "agent"


def test_two_listeners_alone_do_not_start_a_conference(carrier, product):
    product.on("/voice", room("x", more='startConferenceOnEnter="false"').replace('participantLabel="x" ', ""))
    one, other = carrier.phone(CITIZEN).call(MAIN), carrier.phone(COLLEAGUE).call(MAIN)

    assert not carrier.talks(one, other)
    assert "conference-start" not in events(product)


def test_when_the_anchor_drops_the_room_ends_and_the_others_documents_go_on(carrier, product, talking):
    citizen, agent = talking

    agent.drop()

    citizen.hears("først i køen", within=1)
    after = product.asked("/next/citizen")[0]
    assert after["DialCallStatus"] == "answered"
    assert "DialCallSid" not in after and "DialCallDuration" not in after
    end = next(fields for fields in product.asked("/room") if fields["StatusCallbackEvent"] == "conference-end")
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert end["ParticipantLabelEndingConference"] == "agent"


def test_when_the_citizen_hangs_up_the_anchor_stays_alone(carrier, product, talking):
    citizen, agent = talking

    citizen.hang_up()
    carrier.advance(5)

    assert agent.in_conference == "contact-7"
    leave = next(fields for fields in product.asked("/room") if fields["StatusCallbackEvent"] == "participant-leave")
    assert (
        leave.items() >= {"ReasonParticipantLeft": "participant_hung_up", "ParticipantCallStatus": "completed"}.items()
    )


def test_a_held_participant_hears_music_and_nobody_else(carrier, product, rest, talking):
    citizen, agent = talking
    sid = rest.conferences.list(friendly_name="contact-7", status="in-progress")[0].sid

    rest.conferences(sid).participants("citizen").update(hold=True)
    assert citizen.hears_music
    assert not carrier.talks(citizen, agent)

    rest.conferences(sid).participants("citizen").update(hold=False)
    carrier.advance(0)
    assert carrier.talks(citizen, agent)
    assert events(product)[-2:] == ["participant-hold", "participant-unhold"]


def test_a_hold_url_is_fetched_by_get(carrier, product, rest, talking):
    citizen, _ = talking
    product.on("/hold", "<Say>Et øjeblik</Say><Pause length='20'/><Redirect/>")
    sid = rest.conferences.list(friendly_name="contact-7")[0].sid

    rest.conferences(sid).participants("citizen").update(hold=True, hold_url=f"{product.url}/hold")

    citizen.hears("et øjeblik")
    assert citizen.in_conference


def test_the_anchor_can_be_handed_over(carrier, product, rest, talking):
    citizen, agent = talking
    product.on("/colleague", room("colleague"))
    rest.calls.create(to=COLLEAGUE, from_=MAIN, url=f"{product.url}/colleague")
    colleague = carrier.phone(COLLEAGUE).rings().answer()
    people = rest.conferences(rest.conferences.list()[0].sid).participants

    people("colleague").update(end_conference_on_exit=True)
    people("agent").update(end_conference_on_exit=False)
    agent.hang_up()

    assert carrier.talks(citizen, colleague)
    assert people("colleague").fetch().end_conference_on_exit is True
    assert events(product).count("participant-modify") == 2


def test_a_call_moved_elsewhere_by_rest_leaves_the_room(carrier, product, rest, talking):
    citizen, _ = talking
    product.on("/menu", "<Say>Menu</Say><Pause length='9'/>")

    rest.calls(citizen.sid).update(url=f"{product.url}/menu")

    citizen.hears("menu")
    leave = next(fields for fields in product.asked("/room") if fields["StatusCallbackEvent"] == "participant-leave")
    assert (
        leave.items()
        >= {"ReasonParticipantLeft": "participant_updated_via_api", "ParticipantCallStatus": "in-progress"}.items()
    )


def test_ending_the_conference_by_rest_lets_everyone_go_on(carrier, product, rest, talking):
    citizen, agent = talking

    rest.conferences(rest.conferences.list()[0].sid).update(status="completed")

    citizen.hears("først i køen")
    agent.hears("farvel")


def test_a_label_that_is_taken_sends_the_call_to_its_next_verb(carrier, product, talking):
    product.on("/voice", room("citizen"))
    product.on("/next/late", "<Say>Optaget</Say>")

    second = carrier.phone(COLLEAGUE).call(MAIN)

    second.hears("optaget")
    assert [problem.code for problem in carrier.problems] == [16025]


def test_coaching_a_call_that_is_not_there_fails_to_the_action(carrier, product):
    product.on("/voice", room("sofie", more=f'coach="CA{"0" * 32}"'))
    product.on("/next/sofie", "<Say>Ingen</Say>")

    carrier.phone(CITIZEN).call(MAIN).hears("ingen")

    assert product.asked("/next/sofie")[0]["DialCallStatus"] == "failed"
    assert [problem.code for problem in carrier.problems] == [13240]


def test_a_participant_added_by_rest_who_does_not_answer_leaves_as_add_failed(carrier, product, rest, talking):
    carrier.phone(COLLEAGUE).no_answer()
    sid = rest.conferences.list()[0].sid
    carrier.advance(1)

    place = rest.conferences(sid).participants.create(from_=MAIN, to=COLLEAGUE, label="colleague", timeout=10)
    carrier.advance(20)

    leave = next(fields for fields in product.asked("/room") if fields["StatusCallbackEvent"] == "participant-leave")
    assert leave.items() >= {"CallSid": place.call_sid, "ReasonParticipantLeft": "participant_add_failed"}.items()
    assert leave["ParticipantCallStatus"] == "no-answer"


def test_a_participant_added_by_rest_joins_on_answering_and_can_be_put_out(carrier, rest, talking):
    citizen, _ = talking
    carrier.advance(1)
    people = rest.conferences(rest.conferences.list()[0].sid).participants

    people.create(from_=MAIN, to=COLLEAGUE, label="colleague")
    colleague = carrier.phone(COLLEAGUE).rings().answer()
    assert carrier.talks(citizen, colleague)

    people("colleague").delete()
    assert colleague.ends(within=1) == "completed"


def test_whoever_waits_at_an_address_that_fails_is_let_out(carrier, product):
    product.on("/voice", room("citizen").replace('waitUrl=""', 'waitUrl="http://127.0.0.1:9/music"'))
    product.on("/next/citizen", "<Say>Prøv igen</Say>")

    carrier.phone(CITIZEN).call(MAIN).hears("prøv igen")

    assert [problem.code for problem in carrier.problems] == [11205]


def test_music_that_runs_out_is_not_asked_for_again(carrier, product):
    product.on("/voice", room("citizen").replace('waitUrl=""', 'waitUrl="/music"'))
    product.on("/music", "<Say>Vent venligst</Say>")
    citizen = carrier.phone(CITIZEN).call(MAIN)

    citizen.hears("vent venligst")
    carrier.advance(60)

    assert len(product.asked("/music")) == 1
    assert citizen.in_conference
