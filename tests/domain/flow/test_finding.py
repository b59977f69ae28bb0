"""Finding out what the call is about."""

from dataclasses import replace

import pytest

from ivr.domain.flow.actions import Enqueue, ForgetCaller, Note
from ivr.domain.flow.state import Place
from tests.domain.flow.town import DA, DAYTIME, EN, NIGHT, Caller, both, but


def test_the_greeting_says_who_was_reached_what_everybody_must_know_and_asks_one_open_question():
    caller = Caller(but(notices=(both("MitID er nede.", "MitID is down."),)))

    assert caller.hears == (
        "Velkommen. For English: press 2. MitID er nede. Hvad drejer dit opkald sig om? "
        "Sig det med få ord. Tast 1 for at høre emner, eller 0 for en medarbejder."
    )
    assert caller.listens


def test_a_notice_written_in_one_language_only_is_said_in_that_one():
    caller = Caller(but(notices=({EN: "MitID is down."}, {})))

    assert [say.language for say in caller.asked.say] == [DA, EN, EN, DA]


def test_outside_hours_the_greeting_tells_when_somebody_is_in_and_asks_all_the_same():
    caller = Caller(NIGHT)

    assert "Vi åbner igen i morgen klokken 9." in caller.hears
    assert caller.noted == ["closed_heard"]
    assert caller.state.place is Place.QUESTION


def test_another_language_is_chosen_by_key_and_everything_is_said_anew_in_it():
    caller = Caller(NIGHT)

    caller.press("2")

    assert caller.state.language == EN
    assert caller.hears.startswith(
        "Welcome. For dansk: tast 2. We are closed until tomorrow at 9:00. What is your call about?"
    )


@pytest.mark.parametrize("said", ["English", "engelsk", "Sorry, do you speak English?"])
def test_a_language_asked_for_by_name_is_spoken_from_here_on(said):
    caller = Caller()

    caller.say(said)

    assert caller.state.language == EN
    assert caller.hears.startswith("Welcome. For dansk: tast 2. What is your call about?")
    assert caller.noted == ["heard", "language_chosen"]


@pytest.mark.parametrize("said", ["engelske gloser", "jeg skal have en engelsk attest", "dansk", "speaking english"])
def test_a_word_for_a_language_among_others_is_no_wish_to_speak_it(said):
    caller = Caller()

    caller.say(said)

    assert caller.state.language == DA
    assert caller.noted == ["heard", "not_understood"]


def test_a_matter_told_with_the_wish_for_a_language_is_helped_in_it():
    caller = Caller()

    caller.say("do you speak english it is about my passport", "pas")

    assert caller.hears.startswith("You book a time online.")
    assert caller.state.language == EN


def test_a_person_asked_for_in_another_language_is_told_of_in_it():
    caller = Caller()

    caller.say("jeg vil tale med en på engelsk can i speak english", wants_person=True)

    assert caller.hears.startswith("I am putting you in line for")


def test_when_the_question_is_asked_again_the_languages_are_offered_after_it():
    caller = Caller()

    caller.press("*")

    assert caller.hears.endswith("eller 0 for en medarbejder. For English: press 2.")


def test_a_name_that_nobody_has_is_asked_for_once_more_and_then_a_person_helps():
    caller = Caller()

    caller.say("jeg vil tale med Torben Knudsen", ("menneske", 0.8), unknown_name=True)
    assert caller.hears.startswith("Det navn kan jeg ikke finde. Hvem vil du tale med?")
    caller.say("Torben Knudsen")

    assert caller.hears == "Det navn kan jeg heller ikke finde. Jeg stiller dig i kø til Omstillingen. Bliv i røret."
    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic="medarbejder")]
    assert caller.noted == ["heard", "name_not_found"]


@pytest.mark.parametrize(
    ("topics", "place"),
    [
        (["pas"], Place.LINK_OFFER),
        ([("pas", 0.5)], Place.CONFIRM),
        ([("pas", 0.75), ("koerekort", 0.72)], Place.CHOOSE),
        ([("menneske", 0.8), ("pas", 0.5)], Place.DIRECTORY),
        ([("medarbejder", 0.5)], Place.DIRECTORY),
    ],
)
def test_a_matter_that_may_be_meant_comes_before_a_name_that_nobody_has(topics, place):
    caller = Caller()

    caller.say("jeg vil tale med Torben om pas", *topics, unknown_name=True)

    assert caller.state.place is place


@pytest.mark.parametrize("said", [{"topics": [("pas", 0.5)]}, {"topics": [("pas", 0.75), ("koerekort", 0.72)]}])
def test_a_name_said_instead_of_yes_or_one_of_two_is_looked_for(said):
    caller = Caller()
    caller.say("noget", *said["topics"])

    caller.say("nej, jeg vil tale med Torben", unknown_name=True, affirms=False)

    assert caller.hears.startswith("Det navn kan jeg ikke finde.")


def test_a_topic_beyond_doubt_is_helped_at_once():
    caller = Caller()

    caller.say("jeg skal have nyt pas", "pas")

    assert caller.hears.startswith("Du bestiller tid på nettet.")
    assert caller.state.place is Place.LINK_OFFER


def test_a_likely_topic_is_asked_about_and_a_yes_by_voice_or_key_takes_it():
    for answer in (lambda c: c.press("1"), lambda c: c.say("ja", affirms=True), lambda c: c.say("pas", ("pas", 0.5))):
        caller = Caller()
        caller.say("noget med pas", ("pas", 0.5))
        assert "Drejer det sig om pas?" in caller.hears

        answer(caller)

        assert caller.state.topic == "pas"


def test_two_topics_close_together_are_both_offered():
    caller = Caller()

    caller.say("pas eller kørekort", ("pas", 0.75), ("koerekort", 0.72))

    assert caller.hears.startswith("Er det pas eller kørekort?")
    caller.press("2")
    assert caller.state.topic == "koerekort"


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ({"topics": [("pas", 0.8), ("koerekort", 0.4)]}, (Place.LINK_OFFER, "pas")),
        ({"topics": [("pas", 0.6), ("koerekort", 0.59)]}, (Place.CHOOSE, None)),
        ({"topics": ["affald", ("pas", 0.45)]}, (Place.HELPED, "affald")),
        ({"affirms": False}, (Place.QUESTION, None)),
        ({"affirms": True}, (Place.CHOOSE, None)),
        ({"affirms": False, "topics": ["affald"]}, (Place.HELPED, "affald")),
        ({"wants_person": True}, (Place.WAITING, None)),
    ],
)
def test_which_of_two_is_answered_by_one_of_them_or_by_something_else(said, ends):
    caller = Caller()
    caller.say("pas eller kørekort", ("pas", 0.75), ("koerekort", 0.72))

    caller.say("…", *said.pop("topics", ()), **said)

    assert (caller.state.place, caller.state.topic) == ends


def test_what_was_refused_is_never_offered_again():
    caller = Caller()
    caller.say("noget med pas", ("pas", 0.5))

    caller.press("2")
    assert caller.hears.startswith("Det beklager jeg.")
    caller.say("pas", "pas", ("koerekort", 0.5))

    assert "Drejer det sig om kørekort?" in caller.hears


def test_a_no_with_the_right_matter_in_it_is_taken_at_its_word():
    caller = Caller()
    caller.say("noget med pas", ("pas", 0.5))

    caller.say("nej, det er affald", "affald", affirms=False)

    assert caller.state.topic == "affald"


def test_a_no_with_words_that_may_mean_anything_is_a_no():
    caller = Caller()
    caller.say("noget med pas", ("pas", 0.5))

    caller.say("nej, det er det ikke", ("boligstoette", 0.41), affirms=False)

    assert caller.state.place is Place.QUESTION


def test_a_person_is_a_better_end_than_a_third_guess():
    caller = Caller()
    caller.say("noget", ("pas", 0.5))
    caller.press("2")
    caller.say("noget", ("koerekort", 0.5))

    caller.press("2")

    assert "Jeg finder en medarbejder til dig." in caller.hears
    assert caller.done(Enqueue) == [Enqueue(group="omstilling", topic=None)]


def test_a_new_matter_said_instead_of_yes_or_no_is_taken_up():
    caller = Caller()
    caller.say("noget med pas", ("pas", 0.5))

    caller.say("der lugter af affald", "affald")

    assert caller.state.topic == "affald"


@pytest.mark.parametrize("answer", [{"affirms": True}, {"affirms": False}])
def test_a_bare_yes_or_no_to_the_open_question_is_not_understood(answer):
    caller = Caller()

    caller.say("ja", **answer)

    assert caller.hears.startswith("Det fangede jeg ikke.")
    assert caller.state.place is Place.QUESTION


def test_topics_that_the_plan_does_not_have_are_not_heard():
    caller = Caller()

    caller.say("jagttegn", "jagttegn")

    assert caller.noted == ["heard", "not_understood"]


@pytest.mark.parametrize(
    ("topics", "group", "topic", "level"),
    [
        ((), "omstilling", None, 1),
        (("menneske",), "omstilling", None, 1),
        (("medarbejder",), "omstilling", None, 1),
        ((("boligstoette", 0.7), ("menneske", 0.5)), "borgerservice", "boligstoette", 1),
        (("pas",), "borgerservice", "pas", 2),
        ((("pas", 0.5),), "omstilling", None, 1),
        ((("pas", 0.8), ("koerekort", 0.79)), "omstilling", None, 1),
    ],
)
def test_whoever_wants_a_person_gets_one_for_the_matter_if_it_is_beyond_doubt(topics, group, topic, level):
    caller = Caller()

    caller.say("en medarbejder", *topics, wants_person=True)

    (enqueue,) = caller.done(Enqueue)
    assert (enqueue.group, enqueue.topic, dict(enqueue.skills).get("pas", 1)) == (group, topic, level)
    assert "person_asked_for" in caller.noted


def test_a_person_asked_for_after_an_answer_is_one_for_that_matter():
    caller = Caller()
    caller.say("pas", "pas")
    caller.press("2")

    caller.say("jeg vil tale med et menneske", "menneske", wants_person=True)

    assert caller.done(Enqueue) == [Enqueue(group="borgerservice", topic="pas", skills=(("pas", 2),))]


def test_a_yes_with_a_wish_for_a_person_is_a_wish_for_a_person():
    caller = Caller()
    caller.say("pas", "pas")

    caller.say("ja tak, en medarbejder", affirms=True, wants_person=True)

    assert caller.waits


def test_the_menu_is_reached_by_key_and_every_option_leads_where_it_says():
    caller = Caller()

    caller.press("1")
    assert caller.hears.startswith("For en medarbejder: tast 1. For borgerservice: tast 2.")
    caller.press("2", "1")

    assert caller.state.topic == "pas"


def test_an_option_of_a_menu_may_lead_to_a_group():
    caller = Caller()

    assert Enqueue(group="omstilling", topic=None) in caller.press("1", "4")


def test_notices_about_a_topic_are_said_to_those_who_call_about_it():
    caller = Caller(but(topic_notices={"pas": (both("Der er lang ventetid på pas.", "Passports take long."),)}))

    caller.say("pas", "pas")

    assert caller.hears.startswith("Der er lang ventetid på pas. Du bestiller tid")


@pytest.mark.parametrize(("topic", "forgets"), [("misbrug", True), ("bekymring", True), ("pas", False)])
def test_the_caller_is_forgotten_for_anonymous_topics_only(topic, forgets):
    caller = Caller()

    caller.say("…", topic)

    assert bool(caller.done(ForgetCaller)) is forgets


def test_nine_after_an_answer_goes_back_to_the_menu_it_was_chosen_from_and_from_there_to_the_question():
    caller = Caller()
    caller.press("1", "2", "1", "2")
    assert caller.state.place is Place.HELPED

    trail = []
    for _ in range(4):
        caller.press("9")
        trail.append((caller.state.place, caller.state.menu, caller.state.topic))

    assert trail == [
        (Place.MENU, "borgerservice", None),
        (Place.MENU, "main", None),
        (Place.QUESTION, None, None),
        (Place.QUESTION, None, None),
    ]


def test_nine_after_something_said_goes_back_to_the_question():
    caller = Caller()
    caller.say("noget med pas", ("pas", 0.5))
    caller.press("1")

    caller.press("9")

    assert caller.state.place is Place.QUESTION
    assert caller.state.topic is None


def test_what_was_heard_is_in_the_log_with_its_candidates():
    caller = Caller()

    caller.say("nyt pas", ("pas", 0.9))

    data = {"words": "nyt pas", "candidates": [["pas", 0.9]], "language": "da"}
    assert caller.done(Note)[0] == Note(kind="heard", data=data)


@pytest.mark.parametrize(
    "topics", [[("pas", 0.5)], [("pas", 0.75), ("koerekort", 0.72)]], ids=["is it about", "which of two"]
)
def test_what_the_caller_is_asked_about_is_in_the_log_right_after_the_words(topics):
    caller = Caller()

    caller.say("noget med et kort", *topics)

    assert caller.noted == ["heard", "topic_offered"]
    assert caller.done(Note)[1] == Note(kind="topic_offered", data={"topics": [topic for topic, _ in topics]})


def test_the_plans_own_bands_decide():
    flow = replace(Caller().flow, understanding=replace(Caller().flow.understanding, sure=0.95))
    caller = Caller(DAYTIME, flow)

    caller.say("pas", ("pas", 0.9))

    assert caller.state.place is Place.CONFIRM
