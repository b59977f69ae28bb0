"""The same words once, with how often they were said; and what each day was like."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from ivr.domain.measures.lessons import Lesson, Verdict, Way
from ivr.domain.measures.misunderstood import by_day, misunderstood

TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def lesson(words, *, minute=0, contact="call", language="da", way=Way.AT_ONCE, taken=("pas",), belonged="korekort"):
    at = TEN + timedelta(minutes=minute)
    return Lesson(
        contact=contact,
        at=at,
        language=language,
        words=words,
        way=way,
        taken=taken,
        confidence=0.8 if taken else None,
        belonged=belonged,
    )


def test_the_same_words_stand_together_however_they_are_written():
    (row,) = misunderstood(
        [
            lesson("Mit kort, er væk.", minute=0, contact="first"),
            lesson("mit kort er væk", minute=2, contact="last", belonged="pas", way=Way.NOT_UNDERSTOOD, taken=()),
            lesson("MIT KORT ER VÆK", minute=1),
        ]
    )

    assert (row.words, row.count, row.contact, row.last_at) == (
        "mit kort er væk",
        3,
        "last",
        TEN + timedelta(minutes=2),
    )
    assert row.taken == ((("pas",), Way.AT_ONCE, 2), ((), Way.NOT_UNDERSTOOD, 1))
    assert row.belonged == (("korekort", 2), ("pas", 1))
    assert row.confidence is None


def test_the_most_frequent_stand_first_and_of_equals_what_was_heard_last():
    rows = misunderstood(
        [lesson("en gang", minute=1), lesson("to gange"), lesson("to gange"), lesson("også en gang", minute=5)]
    )

    assert [row.words for row in rows] == ["to gange", "også en gang", "en gang"]


def test_the_same_words_in_two_languages_are_two():
    assert len(misunderstood([lesson("pas"), lesson("pas", language="en")])) == 2


def test_what_was_understood_is_no_row_and_a_no_without_a_topic_is_one():
    understood = lesson("nyt pas", belonged="pas")
    a_no = lesson("kortet", way=Way.REFUSED, belonged=None)

    (row,) = misunderstood([understood, a_no])

    assert (row.words, row.belonged) == ("kortet", ())


def test_a_day_is_the_municipalitys_own():
    lessons = [lesson("sent", minute=14 * 60 - 1, belonged="pas"), lesson("over midnat", minute=14 * 60 + 1)]
    days = [date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)]

    counts = by_day(lessons, days, "Europe/Copenhagen")

    assert list(counts.values()) == [
        Counter(),
        Counter({Verdict.UNDERSTOOD: 1}),
        Counter({Verdict.MISUNDERSTOOD: 1}),
    ]
