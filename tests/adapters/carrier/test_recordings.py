"""A recording is fetched whole or not at all, and nobody but the carrier's API learns the account's token."""

import pytest
from flask import Flask, Response, redirect, request

from ivr.adapters.carrier.outcomes import Unavailable, Unknown
from ivr.adapters.carrier.recordings import RecordingGone, Recordings
from ivr.simulator.serving import serve
from tests.kit.town import ACCOUNT, TOKEN

WHOLE = b"RIFF" + b"x" * 200_000


def carrier_that(answers):
    app = Flask("carrier", static_folder=None)
    app.get("/<path:path>")(lambda path: answers())
    return serve(app)


def fetched(api_url, recording="https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", **limits):
    return Recordings(account_sid=ACCOUNT, auth_token=TOKEN, api_url=api_url, **limits).fetch(recording)


def test_the_wav_is_asked_for_by_its_id_at_our_own_account():
    seen = []

    def answers():
        seen.append((request.path, request.authorization.username, request.authorization.password))
        return Response(WHOLE, mimetype="audio/x-wav")

    with carrier_that(answers) as api_url:
        assert fetched(api_url, "https://elsewhere.example/x/RE1.mp3?Download=1") == WHOLE

    assert seen == [(f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1.wav", ACCOUNT, TOKEN)]


@pytest.mark.parametrize("status", [404, 410])
def test_what_the_carrier_does_not_have_is_gone(status):
    with carrier_that(lambda: Response("", status)) as api_url, pytest.raises(RecordingGone):
        fetched(api_url)


def test_an_address_that_names_nothing_is_gone_without_a_question():
    with pytest.raises(RecordingGone):
        fetched("http://127.0.0.1:1", "https://elsewhere.example/..%2fCalls")


def test_a_carrier_that_is_out_of_reach_is_named_without_its_address():
    with pytest.raises(Unavailable) as problem:
        fetched("http://127.0.0.1:1")

    assert "127.0.0.1" not in str(problem.value)


@pytest.mark.parametrize(
    "answers",
    [
        lambda: Response("<h1>A proxy's page</h1>", mimetype="text/html"),
        lambda: Response("", 401),
        lambda: Response("", 500),
        lambda: Response(b"x" * 300_001, mimetype="audio/x-wav"),
        lambda: Response((b"x" * 1000 for _ in range(301)), mimetype="audio/x-wav"),
        lambda: redirect(request.path),
    ],
    ids=["no sound", "a wrong token", "a failure", "too large", "too large without saying so", "round in circles"],
)
def test_whatever_else_is_answered_is_no_sound(answers):
    with carrier_that(answers) as api_url, pytest.raises(Unknown):
        fetched(api_url, largest_bytes=300_000)


def test_a_sound_that_breaks_off_is_not_taken_for_the_whole():
    def answers():
        return Response(iter([WHOLE[:1000]]), mimetype="audio/x-wav", headers={"Content-Length": str(len(WHOLE))})

    with carrier_that(answers) as api_url, pytest.raises((Unknown, Unavailable)):
        fetched(api_url)


def test_where_the_carrier_sends_us_on_the_token_stays_behind():
    seen = []

    def stores():
        seen.append(request.authorization)
        return Response(WHOLE, mimetype="audio/x-wav")

    with carrier_that(stores) as storage:
        with carrier_that(lambda: redirect(f"{storage}/RE1.wav")) as api_url:
            assert fetched(api_url) == WHOLE

    assert seen == [None]
