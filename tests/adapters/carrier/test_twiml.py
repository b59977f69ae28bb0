"""Every spoken action as a whole document, attribute by attribute: what is not expected here is not sent."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.adapters.carrier import twiml
from ivr.adapters.carrier.numbers import CALLBACK_OVERRIDES, without_overrides
from ivr.adapters.carrier.twiml import LARGEST_DOCUMENT_BYTES, ReplyAddress, document
from ivr.domain.flow.actions import Ask, DialPerson, HangUp, Meet, Record, Say, Wait
from ivr.domain.flow.graph import Speaker
from ivr.domain.phone import PhoneNumber
from ivr.simulator.twiml.sound import spoken_seconds
from tests.adapters.carrier.conftest import DA, EN, NEXT, PUBLIC, RETRIED, TURN, read, redirect, said

HELLO = Say(text="Goddag.", language=DA)
MUSIC = f"{PUBLIC}/static/music/waiting.wav{RETRIED}"
KEY = {"input": "dtmf", "numDigits": "1", "finishOnKey": "", "actionOnEmptyResult": "true", "method": "POST"}


def test_words_alone_end_by_taking_the_turn_in_silence(place):
    assert read(document((HELLO,), place)) == [said("Goddag."), redirect(TURN)]


def test_each_language_is_spoken_in_its_own_voice(place):
    spoken = (HELLO, Say(text="Hello.", language=EN), HangUp())

    assert read(document(spoken, place)) == [
        said("Goddag."),
        ("Say", {"language": "en-GB"}, ["Hello."]),
        ("Hangup", {}, []),
    ]


def test_a_question_by_key_takes_any_one_key_and_has_one_exit(place):
    ask = Ask(say=(HELLO,), language=DA, seconds=7)

    assert read(document((ask,), place)) == [
        ("Gather", {**KEY, "timeout": "7", "action": TURN}, [said("Goddag.")]),
        redirect(TURN),
    ]


def test_a_question_for_several_digits_ends_with_the_hash_key(place):
    ask = Ask(say=(HELLO,), language=DA, seconds=9, digits=8)

    gather = {**KEY, "numDigits": "8", "finishOnKey": "#", "timeout": "9", "action": TURN}
    assert read(document((ask,), place)) == [("Gather", gather, [said("Goddag.")]), redirect(TURN)]


def test_a_spoken_question_names_language_hints_and_a_pause_that_every_speech_model_accepts(place):
    ask = Ask(say=(HELLO,), language=EN, seconds=7, speech=True)
    place = replace(place, hints={EN: ("nyt pas", "skat, moms", "x" * 101)})

    gather = {
        **KEY,
        "input": "dtmf speech",
        "language": "en-GB",
        "hints": "nyt pas,skat moms",
        "speechTimeout": "2",
        "timeout": "7",
        "action": TURN,
    }
    assert read(document((ask,), place)) == [("Gather", gather, [said("Goddag.")]), redirect(TURN)]


def test_waiting_is_words_and_music_that_a_key_interrupts(place):
    waiting = Wait(say=(HELLO,), language=DA)

    assert read(document((waiting,), place)) == [
        (
            "Gather",
            {**KEY, "timeout": "1", "action": TURN},
            [said("Goddag."), ("Play", {}, [f"{PUBLIC}/voice/music/21.wav{RETRIED}"])],
        ),
        redirect(TURN),
    ]


@pytest.mark.parametrize("letters", range(0, 330, 15))
def test_a_waiting_document_lasts_20_to_25_seconds_however_much_is_said(place, letters):
    text = "a" * letters
    says = (Say(text=text, language=DA),) if letters else ()

    ((_, attributes, content), _) = read(document((Wait(say=says, language=DA),), place))

    pieces = [without_overrides(verb[2][0]).rpartition("/")[2] for verb in content if verb[0] == "Play"]
    music = sum(int(piece.removesuffix(".wav")) for piece in pieces)
    words = spoken_seconds(text) if letters else 0
    assert 20 <= words + music + int(attributes["timeout"]) <= 25


def test_the_anchor_meets_in_the_conference_of_the_contact_and_ends_it_by_leaving(place):
    meet = Meet(contact="42", leg="leg7", anchor=True, say=(HELLO,))

    conference = {
        "participantLabel": "leg7",
        "startConferenceOnEnter": "true",
        "endConferenceOnExit": "true",
        "beep": "false",
        "waitUrl": "",
        "jitterBufferSize": "small",
        "statusCallback": f"{PUBLIC}/voice/conference/42#{CALLBACK_OVERRIDES}",
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": "start end join leave hold modify",
    }
    assert read(document((meet,), place)) == [
        said("Goddag."),
        ("Dial", {"action": TURN, "method": "POST"}, [("Conference", conference, ["contact-42"])]),
        ("Pause", {"length": "1"}, []),
        redirect(NEXT),
    ]


def test_everyone_else_enters_by_the_same_document_but_for_the_anchor(place):
    as_anchor = document((Meet(contact="42", leg="leg7", anchor=True),), place)
    as_guest = document((Meet(contact="42", leg="leg7", anchor=False),), place)

    assert as_guest == as_anchor.replace('endConferenceOnExit="true"', 'endConferenceOnExit="false"')


def test_a_named_person_is_rung_from_our_number_and_hears_a_whisper_first(place):
    dial = DialPerson(number="+4572001299", seconds=20)

    number = {
        "url": f"{PUBLIC}/voice/whisper/leg7{RETRIED}",
        "method": "POST",
        "statusCallback": f"{PUBLIC}/voice/status?dialled_from=leg7#{CALLBACK_OVERRIDES}",
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": "initiated ringing answered completed",
    }
    assert read(document((HELLO, dial), place)) == [
        said("Goddag."),
        (
            "Dial",
            {"action": TURN, "method": "POST", "timeout": "20", "callerId": "+4572001234"},
            [("Number", number, ["+4572001299"])],
        ),
        redirect(TURN),
    ]


def test_a_fallback_number_is_rung_without_a_whisper(place):
    dial = DialPerson(number="+4572001299", seconds=20, whisper=False)

    ((_, _, ((_, number, _),)), _) = read(document((dial,), place))

    assert "url" not in number


def test_a_message_begins_with_a_tone_and_an_empty_one_is_the_turns_silence(place):
    record = {
        "action": TURN,
        "method": "POST",
        "maxLength": "120",
        "finishOnKey": "#",
        "playBeep": "true",
        "timeout": "5",
        "recordingStatusCallback": f"https://ivr.example.dk/voice/recording/leg7?turn=3#{CALLBACK_OVERRIDES}",
        "recordingStatusCallbackMethod": "POST",
    }

    assert read(document((Record(seconds=120),), place)) == [("Record", record, []), redirect(TURN)]


def test_nothing_is_said_after_the_end(place):
    assert read(document((HangUp(), HELLO), place)) == [("Hangup", {}, [])]


def test_a_long_text_is_cut_at_the_ends_of_sentences(place):
    sentence = "Søknaden behandles på rådhuset. "
    verbs = read(document((Say(text=sentence * 200, language=DA),), place))

    texts = [content[0] for name, _, content in verbs if name == "Say"]
    assert len(texts) == 3
    assert " ".join(texts) == (sentence * 200).strip()
    assert all(text.endswith(".") and len(text.encode()) <= 2900 for text in texts)


def test_characters_that_no_document_can_hold_are_left_out(place):
    verbs = read(document((Say(text="A\x00B & <C>\ufffe", language=DA),), place))

    assert verbs == [said("AB & <C>"), redirect(TURN)]


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(min_size=1, max_size=300),
    times=st.integers(1, 400),
    parts=st.integers(1, 60),
    hints=st.lists(st.text(max_size=120), max_size=30),
)
def test_no_document_is_larger_than_the_carrier_reads(text, times, parts, hints):
    speakers = {DA: Speaker(language=DA, name="dansk", carrier_code="da-DK", voice="Google.da-DK-Neural2-F")}
    place = ReplyAddress(public_url=PUBLIC, leg="l" * 40, turn=3, speakers=speakers, hints={DA: tuple(hints) * 30})
    says = (Say(text=text * times, language=DA),) * parts
    ask = Ask(say=says, language=DA, seconds=7, speech=True)

    written = document((*says, ask), place)

    assert len(written.encode()) <= LARGEST_DOCUMENT_BYTES
    assert ElementTree.fromstring(written.encode()).find("Gather") is not None


def test_a_named_person_presses_1_or_is_let_go(place):
    gather = {"input": "dtmf", "numDigits": "1", "finishOnKey": "", "timeout": "10", "method": "POST"}

    assert read(twiml.whisper((HELLO,), place)) == [
        ("Gather", {**gather, "action": f"{PUBLIC}/voice/whisper/leg7{RETRIED}"}, [said("Goddag.")]),
        ("Hangup", {}, []),
    ]


def test_the_small_documents(place):
    assert read(twiml.nothing()) == []
    assert read(twiml.refused()) == [("Hangup", {}, [])]
    assert read(twiml.hold_music(PUBLIC)) == [("Play", {"loop": "0"}, [MUSIC])]


def test_the_document_for_when_we_are_down_names_no_address_of_ours(place):
    written = twiml.put_through((HELLO,), PhoneNumber("+4572001200"), place.speakers)

    assert read(written) == [said("Goddag."), ("Dial", {}, [("Number", {}, ["+4572001200"])])]
    assert PUBLIC not in written


def test_an_id_is_written_so_that_it_stays_one_part_of_an_address(place):
    odd = replace(place, leg="a/b?c")

    assert read(document((HELLO,), odd))[1] == redirect(f"{PUBLIC}/voice/next/a%2Fb%3Fc?turn=3{RETRIED}")
