"""Answers, links by SMS, and whether they helped."""

import pytest

from ivr.domain.flow.actions import Enqueue, HangUp, SendLink
from ivr.domain.flow.facts import Texting
from ivr.domain.flow.state import Place
from tests.domain.flow.town import DA, EN, Caller, but

ASK = but(texting=Texting.ASK)


def asked_about_pas(facts=None) -> Caller:
    caller = Caller(facts or but())
    caller.say("pas", "pas")
    return caller


def asked_for_a_mobile() -> Caller:
    caller = asked_about_pas(ASK)
    caller.press("1")
    return caller


@pytest.mark.parametrize("yes", [lambda c: c.press("1"), lambda c: c.say("ja tak", affirms=True)])
def test_a_link_is_sent_for_a_yes_and_then_we_ask_whether_it_helped(yes):
    caller = asked_about_pas()

    yes(caller)

    assert caller.done(SendLink) == [SendLink(topic="pas", language=DA, to=None)]
    assert caller.noted == ["link_requested"]
    assert caller.hears.startswith("Linket er på vej til dig på sms. Fik du hjælp")


def test_a_link_comes_in_the_callers_language():
    caller = Caller()
    caller.press("2")
    caller.say("passport", "pas")

    assert SendLink(topic="pas", language=EN) in caller.press("1")


@pytest.mark.parametrize("no", [lambda c: c.press("2"), lambda c: c.say("nej tak", affirms=False)])
def test_declining_a_link_costs_nothing_and_it_is_not_offered_again(no):
    caller = asked_about_pas()

    no(caller)
    assert caller.noted[-1] == "link_declined"
    assert caller.state.place is Place.HELPED
    caller.press("0")

    assert "link" not in caller.hears
    caller.press("2")
    assert caller.state.place is Place.LINK_OFFER


def test_a_link_is_sent_once_per_topic_and_call():
    caller = asked_about_pas()
    caller.press("1")

    caller.press("9")
    caller.say("pas", "pas")

    assert caller.state.place is Place.HELPED
    caller.say("kørekort", "koerekort")
    assert caller.state.place is Place.LINK_OFFER


def test_an_answer_without_a_link_asks_at_once_whether_it_helped():
    caller = Caller()

    caller.say("affald", "affald")

    assert caller.hears.startswith("Vi tømmer om tirsdagen. Fik du hjælp")


@pytest.mark.parametrize("yes", [lambda c: c.press("1"), lambda c: c.say("ja", affirms=True)])
def test_whoever_was_helped_hears_goodbye(yes):
    caller = Caller()
    caller.say("affald", "affald")

    yes(caller)

    assert caller.noted == ["helped"]
    assert caller.hears == "Godt. Tak for opkaldet, og hav en god dag."
    assert caller.asked == HangUp()


@pytest.mark.parametrize(
    "no", [lambda c: c.press("2"), lambda c: c.say("nej", affirms=False), lambda c: c.say("", "affald", affirms=False)]
)
def test_whoever_was_not_helped_reaches_a_person_for_the_matter(no):
    caller = Caller()
    caller.say("affald", "affald")

    no(caller)

    assert "not_helped" in caller.noted
    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="affald")]


def test_a_no_with_another_matter_in_it_is_about_the_other_matter():
    caller = Caller()
    caller.say("affald", "affald")

    caller.say("nej, jeg har også et spørgsmål om pas", "pas", affirms=False)

    assert caller.state.topic == "pas"


def test_a_landline_or_hidden_number_is_asked_for_a_mobile_which_is_read_back_in_pairs():
    caller = asked_for_a_mobile()
    assert caller.asked.digits == 17

    caller.press("20123456#")
    assert caller.hears.startswith("Jeg sender til 20 12 34 56.")
    caller.press("1")

    assert caller.done(SendLink) == [SendLink(topic="pas", language=DA, to="+4520123456")]
    assert caller.state.mobile is None


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        ("20123456", "+4520123456"),
        ("004520123456", "+4520123456"),
        ("4520123456", "+4520123456"),
        ("70101010", "+4570101010"),
        ("0046701234567", "+46701234567"),
        ("00491512345678", "+491512345678"),
    ],
)
def test_a_mobile_number_is_taken_as_people_dial_it(keys, number):
    caller = asked_for_a_mobile()

    caller.press(keys)

    assert caller.state.mobile == number


@pytest.mark.parametrize("keys", ["90123456", "112", "2012345", "#", "*20123456", "2012*456", "00", "0045123456789012"])
def test_what_cannot_be_a_mobile_number_is_asked_for_again_and_then_a_person_helps(keys):
    caller = asked_for_a_mobile()

    caller.press(keys)
    assert caller.state.place is Place.MOBILE_NUMBER
    assert "ugyldig" not in caller.hears
    caller.press(keys, keys)

    assert caller.waits


def test_the_number_can_be_keyed_anew():
    caller = asked_for_a_mobile()
    caller.press("20123456", "2")

    assert caller.state.place is Place.MOBILE_NUMBER
    assert caller.state.mobile is None


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("9", Place.LINK_OFFER),
        ("9#", Place.LINK_OFFER),
        ("0", Place.WAITING),
        ("0#", Place.WAITING),
        ("*", Place.MOBILE_NUMBER),
    ],
)
def test_where_digits_are_asked_for_the_common_keys_count_alone(keys, place):
    caller = asked_for_a_mobile()

    caller.press(keys)

    assert caller.state.place is place


def test_nine_leads_back_through_the_questions_about_the_number():
    caller = asked_for_a_mobile()
    caller.press("20123456")

    places = []
    for _ in range(3):
        caller.press("9")
        places.append(caller.state.place)

    assert places == [Place.MOBILE_NUMBER, Place.LINK_OFFER, Place.QUESTION]


def test_the_number_is_kept_for_its_one_purpose_only():
    caller = asked_for_a_mobile()
    caller.press("20123456", "0")

    assert b"20123456" not in caller.state.to_json()


@pytest.mark.parametrize("way", [("1", "1"), ("1", "20123456", "1"), ("1", "20123456", "9", "9", "2"), ("2",)])
def test_a_waiting_caller_who_is_offered_a_link_never_loses_the_place(way):
    caller = Caller(but(texting=Texting.YES if way == ("1", "1") else Texting.ASK))
    caller.say("hjemmehjælp", "hjemmehjaelp")
    caller.press("2")

    caller.press(*way)

    assert caller.state.place is Place.WAITING
    assert caller.state.in_line
    assert not caller.done(Enqueue)


def test_a_waiting_caller_who_is_not_understood_goes_back_to_waiting():
    caller = Caller(ASK)
    caller.say("hjemmehjælp", "hjemmehjaelp")
    caller.press("2", "1")

    caller.press("1", "2", "3")

    assert caller.waits
    assert caller.hears == "Du beholder din plads i køen."


def test_a_waiting_caller_who_speaks_of_something_else_stays_in_line():
    caller = Caller()
    caller.say("hjemmehjælp", "hjemmehjaelp")
    caller.press("2")

    caller.say("pas", "pas")
    assert caller.state.place is Place.LINK_OFFER
    caller.say("et menneske", wants_person=True)

    assert caller.hears == "Du står allerede i kø til en medarbejder, og du beholder din plads."


def test_a_caller_who_becomes_exempt_in_the_middle_is_not_sent_a_link():
    caller = asked_about_pas()

    caller.facts = but(texting=Texting.NEVER)
    caller.press("1")

    assert caller.deeds == ()
    assert caller.state.place is Place.HELPED


def test_no_link_is_offered_about_an_anonymous_topic():
    caller = Caller()
    caller.say("misbrug", "misbrug")

    caller.press("2")

    assert caller.waits
    assert "link" not in caller.hears
