"""Where what was said belonged, read from the facts of one call."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.contacts.facts import Fact
from ivr.domain.measures.lessons import Happened, Verdict, Way, lessons_of

F, W, V = Fact, Way, Verdict
TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOMEBODY = frozenset({"medarbejder"})


def said(words, *candidates, language="da"):
    return (
        F.HEARD,
        {"words": words, "candidates": [list(candidate) for candidate in candidates], "language": language},
    )


def chosen(topic):
    return (F.TOPIC_CHOSEN, {"topic": topic})


def offered(*topics):
    return (F.TOPIC_OFFERED, {"topics": list(topics)})


def refused(*topics, place="confirm"):
    return (F.NOT_UNDERSTOOD, {"place": place, "refused": list(topics)})


def lost(place="question"):
    return (F.NOT_UNDERSTOOD, {"place": place, "failures": 1})


def learnt(*facts, agent=None):
    """The lessons of a call in which this happened, a minute apart."""
    happened = [
        Happened(at=TEN + timedelta(minutes=minute), kind=kind, data=data) for minute, (kind, data) in enumerate(facts)
    ]
    return lessons_of("call", happened, agent, SOMEBODY)


def told(*facts, agent=None):
    """Of each utterance: the way, what it was taken for, where it belonged, the verdict."""
    return [(lesson.way, lesson.taken, lesson.belonged, lesson.verdict) for lesson in learnt(*facts, agent=agent)]


HEARD = said("noget med et kort", ("pas", 0.7), ("korekort", 0.6))


@pytest.mark.parametrize(
    ("facts", "agent", "lesson"),
    [
        ([HEARD, chosen("pas")], None, (W.AT_ONCE, ("pas",), "pas", V.UNDERSTOOD)),
        ([HEARD, chosen("pas")], "pas", (W.AT_ONCE, ("pas",), "pas", V.UNDERSTOOD)),
        ([HEARD, chosen("pas")], "korekort", (W.AT_ONCE, ("pas",), "korekort", V.MISUNDERSTOOD)),
        ([HEARD, chosen("pas"), chosen("korekort")], None, (W.AT_ONCE, ("pas",), "korekort", V.MISUNDERSTOOD)),
        ([HEARD, offered("pas"), chosen("pas")], None, (W.CONFIRMED, ("pas",), "pas", V.ASKED)),
        ([HEARD, offered("pas"), lost("confirm"), chosen("pas")], None, (W.CONFIRMED, ("pas",), "pas", V.ASKED)),
        ([HEARD, offered("pas"), chosen("pas")], "korekort", (W.CONFIRMED, ("pas",), "korekort", V.MISUNDERSTOOD)),
        ([HEARD, offered("pas"), refused("pas")], None, (W.REFUSED, ("pas",), None, V.MISUNDERSTOOD)),
        ([HEARD, offered("pas"), refused("pas")], "korekort", (W.REFUSED, ("pas",), "korekort", V.MISUNDERSTOOD)),
        (
            [HEARD, offered("pas"), refused("pas"), chosen("korekort")],
            None,
            (W.REFUSED, ("pas",), "korekort", V.MISUNDERSTOOD),
        ),
        ([HEARD, offered("pas")], None, (W.UNANSWERED, ("pas",), None, V.UNKNOWN)),
        ([HEARD, offered("pas"), (F.PERSON_ASKED_FOR, {})], "pas", (W.UNANSWERED, ("pas",), "pas", V.ASKED)),
        ([HEARD, offered("pas"), chosen("flytning")], None, (W.UNANSWERED, ("pas",), "flytning", V.MISUNDERSTOOD)),
        ([HEARD, offered("pas", "korekort"), chosen("korekort")], None, (W.CHOSEN, ("korekort",), "korekort", V.ASKED)),
        (
            [HEARD, offered("pas", "korekort"), refused("pas", "korekort", place="choose")],
            "flytning",
            (W.REFUSED, ("pas", "korekort"), "flytning", V.MISUNDERSTOOD),
        ),
        ([HEARD, lost()], None, (W.NOT_UNDERSTOOD, (), None, V.UNKNOWN)),
        ([HEARD, lost()], "korekort", (W.NOT_UNDERSTOOD, (), "korekort", V.MISUNDERSTOOD)),
        ([HEARD, lost("menu"), chosen("korekort")], None, (W.NOT_UNDERSTOOD, (), "korekort", V.MISUNDERSTOOD)),
        (
            [HEARD, (F.PERSON_ASKED_FOR, {}), chosen("pas")],
            "korekort",
            (W.AT_ONCE, ("pas",), "korekort", V.MISUNDERSTOOD),
        ),
    ],
)
def test_one_utterance_and_where_its_call_ended(facts, agent, lesson):
    assert told(*facts, agent=agent) == [lesson]


def test_words_that_are_said_again_belong_where_the_better_ones_led():
    assert told(
        said("noget med et kort"), lost(), said("kortet er væk"), offered("pas"), said("kørekortet"), chosen("korekort")
    ) == [
        (W.NOT_UNDERSTOOD, (), "korekort", V.MISUNDERSTOOD),
        (W.SAID_AGAIN, ("pas",), "korekort", V.MISUNDERSTOOD),
        (W.AT_ONCE, ("korekort",), "korekort", V.UNDERSTOOD),
    ]


def test_that_the_engine_is_sure_of_another_matter_later_does_not_make_the_first_one_wrong():
    assert told(said("nyt pas"), chosen("pas"), said("og et kørekort"), chosen("korekort")) == [
        (W.AT_ONCE, ("pas",), "pas", V.UNDERSTOOD),
        (W.AT_ONCE, ("korekort",), "korekort", V.UNDERSTOOD),
    ]


@pytest.mark.parametrize("helped", [F.LINK_REQUESTED, F.HELPED])
def test_the_agents_word_is_about_the_matter_that_came_after_the_one_that_was_helped(helped):
    first = [said("nyt pas"), chosen("pas"), (helped, {"topic": "pas"})]

    assert told(*first, said("og mit kort"), chosen("korekort"), agent="korekort")[0][2:] == ("pas", V.UNDERSTOOD)
    assert told(*first, agent="korekort")[0][2:] == ("korekort", V.MISUNDERSTOOD)


def test_a_lesson_tells_the_words_the_language_and_how_sure_the_engine_was():
    (lesson,) = learnt(said("some card", ("pas", 0.7), language="en"), offered("pas"), chosen("pas"))

    assert (lesson.contact, lesson.at, lesson.words, lesson.language) == ("call", TEN, "some card", "en")
    assert lesson.confidence == 0.7


@pytest.mark.parametrize(
    "facts",
    [
        [said("Kirsten Dalgaard"), (F.PERSON_AWAY, {})],
        [said("Kirsten Dalgaard")],
        [said("en medarbejder"), (F.PERSON_ASKED_FOR, {})],
        [said("en medarbejder"), (F.PERSON_ASKED_FOR, {}), (F.QUEUED, {})],
        [said("en medarbejder"), chosen("medarbejder")],
        [said("en medarbejder"), offered("medarbejder"), chosen("medarbejder")],
        [said("han trækker ikke vejret"), (F.DANGER_HEARD, {}), chosen("fare")],
        [said("english"), (F.LANGUAGE_CHOSEN, {"language": "en"})],
        [said("Krøsten"), (F.NAME_NOT_FOUND, {"place": "question"})],
        [said("hvad siger du"), lost("link_offer")],
        [said("hvor længe"), lost("waiting")],
    ],
)
def test_nothing_is_learnt_where_no_matter_was_told(facts):
    assert told(*facts, agent="korekort") == []


def test_a_topic_that_only_says_that_somebody_is_wanted_is_nowhere_to_belong():
    assert told(said("øh"), lost(), chosen("medarbejder"), agent="medarbejder") == [
        (W.NOT_UNDERSTOOD, (), None, V.UNKNOWN)
    ]


def test_words_that_have_been_forgotten_teach_nothing():
    forgotten = (F.HEARD, {"candidates": [["pas", 0.7]], "language": "da"})

    assert told(forgotten, chosen("pas"), agent="korekort") == []
