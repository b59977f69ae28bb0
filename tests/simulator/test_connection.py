"""The fragment of an address says how the carrier connects to it: times, retries and after which failures."""

import pytest
from flask import Response
from hypothesis import given
from hypothesis import strategies as st

from ivr.simulator.connection import FAILURES, RANGES, Connection, split
from ivr.simulator.problems import UnusableError
from tests.simulator.conftest import CITIZEN, MAIN

URL = "https://ivr.example.dk/voice"


def codes(carrier) -> list[int]:
    return [problem.code for problem in carrier.problems]


def failing(times: int, status: int = 503):
    """A document that refuses so many times and then speaks."""
    left = [times]

    def answer(fields):
        left[0] -= 1
        return "<Say>Hej</Say>" if left[0] < 0 else Response("", status=status)

    return answer


def test_an_address_without_overrides_is_retried_once_and_only_when_no_connection_was_made():
    assert split(URL) == (URL, Connection())
    assert Connection() == Connection(
        connect_seconds=5, read_seconds=15, total_seconds=15, retries=1, retried=frozenset(["ct"])
    )


def test_overrides_are_taken_from_the_fragment_and_what_is_none_is_left_alone():
    url, connection = split(f"{URL}?leg=7#ct=2000&rt=5000&tt=12000&rc=3&rp=5xx,rt&e=dublin&sni=y&top")

    assert url == f"{URL}?leg=7"
    assert connection == Connection(
        connect_seconds=2, read_seconds=5, total_seconds=12, retries=3, retried=frozenset(["5xx", "rt"])
    )
    assert split(f"{URL}#rp=all")[1].retried == FAILURES


@given(st.sampled_from(sorted(RANGES)), st.integers(-100, 20_000))
def test_a_number_is_taken_exactly_when_it_is_in_its_documented_range(name, value):
    least, most = RANGES[name]
    if least <= value <= most:
        split(f"{URL}#{name}={value}")
    else:
        with pytest.raises(UnusableError) as refused:
            split(f"{URL}#{name}={value}")
        assert refused.value.code == 11100


@given(st.lists(st.sampled_from(["ct", "rt", "4xx", "5xx", "all", "never", ""]), min_size=1))
def test_a_policy_is_taken_exactly_when_all_its_failures_are_known(names):
    if set(names) <= FAILURES | {"all"}:
        split(f"{URL}#rp={','.join(names)}")
    else:
        with pytest.raises(UnusableError) as refused:
            split(f"{URL}#rp={','.join(names)}")
        assert refused.value.code == 11243


def test_a_refused_document_is_asked_for_again_with_the_same_token_and_nothing_is_wrong(carrier, product):
    carrier.number(MAIN, voice_url=f"{product.url}/voice#rc=2&rp=5xx")
    product.on("/voice", failing(2))

    carrier.phone(CITIZEN).call(MAIN).hears("hej")

    assert len(product.asked("/voice")) == 3
    assert len({headers["I-Twilio-Idempotency-Token"] for headers in product.headers}) == 1
    assert product.refused == [], "the fragment is not signed"
    assert carrier.problems == []


@pytest.mark.parametrize(
    ("overrides", "status", "attempts"),
    [("", 503, 1), ("#rc=2&rp=all", 503, 3), ("#rc=2&rp=5xx", 404, 1), ("#rc=1&rp=4xx", 404, 2), ("#rc=0", 503, 1)],
)
def test_a_document_that_stays_away_is_tried_as_often_as_its_address_asks(
    carrier, product, overrides, status, attempts
):
    carrier.number(MAIN, voice_url=f"{product.url}/voice{overrides}")
    product.on("/voice", failing(10, status))

    carrier.phone(CITIZEN).call(MAIN).hears("application error")

    assert len(product.asked("/voice")) == attempts
    assert codes(carrier) == [11200]


def test_a_callback_that_gets_through_at_last_is_no_problem(carrier, product):
    carrier.number(MAIN, status_callback=f"{product.url}/status#rc=3&rp=all")
    product.on("/voice", "<Say>Hej</Say>")
    product.on("/status", failing(3))

    carrier.phone(CITIZEN).call(MAIN).ends()

    assert product.told("/status") == ["completed"] * 4
    assert carrier.problems == []


def test_an_answer_that_is_lost_is_waited_for_as_long_as_the_address_says_and_asked_for_again(carrier_with, product):
    carrier = carrier_with(unanswered_document=1.0)
    carrier.number(
        MAIN, voice_url=f"{product.url}/voice#rt=5000&tt=12000&rc=5&rp=rt", voice_fallback_url=f"{product.url}/fallback"
    )
    began = carrier.clock.now()

    call = carrier.phone(CITIZEN).call(MAIN)
    carrier.advance(20)

    assert len(product.asked("/voice")) == 3, "5 s, 5 s and the last 2 s"
    assert codes(carrier)[0] == 11203
    assert (carrier.problems[0].at - began).total_seconds() == pytest.approx(12, abs=1)
    assert product.asked("/fallback")[0]["ErrorUrl"] == f"{product.url}/voice"
    assert call.is_live


@pytest.mark.parametrize(("overrides", "code"), [("#rp=sometimes", 11243), ("#ct=5", 11100), ("#rc=six", 11100)])
def test_a_bad_override_is_an_error_and_nothing_is_sent(carrier, product, overrides, code):
    carrier.number(
        MAIN, voice_url=f"{product.url}/voice{overrides}", status_callback=f"{product.url}/status{overrides}"
    )

    carrier.phone(CITIZEN).call(MAIN).ends()

    assert product.requests == []
    assert codes(carrier) == [code, code]
