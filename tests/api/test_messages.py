import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.operations import imports
from tests.kit.town import KAREN, open_town
from tests.pages.test_messages import (
    EVENING,
    NOBODYS,
    handled_by,
    leaves_a_message,
    leaves_a_message_for_kirsten,
    seconds_of,
)


@pytest.fixture
def town(engine, database_url, tmp_path):
    """The town on a Sunday evening, when nobody is in."""
    with open_town(database_url, tmp_path, now=EVENING) as opened:
        yield opened


def listed(desk):
    return desk.ask("GET", "/messages")["messages"]


def test_a_message_is_listed_for_its_group_with_who_called_when_and_how_long(town, ali):
    address = leaves_a_message(town)

    (message,) = listed(ali)

    recording = town.carrier.recordings.all[0]
    assert message == {
        "id": address.removeprefix("/messages/"),
        "contact": town.contact().id,
        "group": "omstilling",
        "topic": None,
        "employee": None,
        "left_at": message["left_at"],
        "seconds": recording.seconds,
        "caller": "20 30 40 59",
        "hidden": False,
        "anonymous": False,
        "audio": f"{address}/audio",
    }
    assert message["left_at"].startswith("2026-11-22T20:3")


def test_a_message_for_somebody_tells_whom_and_goes_on_doing_so_when_they_have_left(town, sofie):
    leaves_a_message_for_kirsten(town)

    (message,) = listed(sofie)
    town.operations.run(imports.take_directory, [])
    (later,) = listed(sofie)

    assert (message["group"], message["employee"], later["employee"]) == ("byg", "Kirsten Dalgaard", "kirsten.dalgaard")


def test_the_sound_is_had_with_the_same_token(town, ali):
    leaves_a_message(town)
    (message,) = listed(ali)

    answer = town.http.get(
        f"{town.url}{message['audio']}", headers={"Authorization": f"Bearer {ali.token}"}, timeout=20
    )

    assert seconds_of(answer.content) == message["seconds"]


def test_a_hidden_number_is_none_and_said_to_be_hidden(town, ali):
    leaves_a_message(town, caller_id="anonymous")

    (message,) = listed(ali)

    assert (message["caller"], message["hidden"]) == (None, True)


def test_a_message_that_is_dealt_with_is_off_the_list_and_in_the_log(town, ali):
    leaves_a_message(town, number=KAREN)
    (message,) = listed(ali)

    ali.ask("POST", f"/messages/{message['id']}/handled", status=204)

    assert listed(ali) == []
    assert handled_by(town) == ["ali"]
    assert town.facts()[-1] == "message_handled"


def test_a_supervisor_hears_for_every_group_and_an_agent_for_their_own(town, ali, birgit, sofie):
    leaves_a_message(town)
    (message,) = listed(sofie)

    refused = birgit.ask("POST", f"/messages/{message['id']}/handled", status=404)

    assert listed(birgit) == []
    assert (refused["code"], refused["detail"]) == ("no_such_message", "There is no such message for you.")
    assert listed(ali) == [message]


def test_of_two_at_the_same_moment_one_has_dealt_with_it(town, ali, sofie):
    leaves_a_message(town)
    (message,) = listed(ali)
    together = threading.Barrier(2)

    def marks(desk):
        together.wait()
        return town.http.post(
            f"{town.url}/api/v1/messages/{message['id']}/handled",
            headers={"Authorization": f"Bearer {desk.token}"},
            timeout=20,
        )

    with ThreadPoolExecutor() as both:
        answers = sorted(both.map(marks, (ali, sofie)), key=lambda answer: answer.status_code)

    assert [answer.status_code for answer in answers] == [204, 409]
    assert answers[1].json()["code"] == "message_taken"
    assert len(handled_by(town)) == 1


def test_a_message_that_is_not_there_is_not_found(ali):
    assert ali.ask("POST", f"/messages/{NOBODYS}/handled", status=404)["code"] == "no_such_message"
    assert ali.ask("POST", "/messages/nonsense/handled", status=404)["code"] == "not_found"


def test_otto_lists_and_marks_nothing(town, otto, ali):
    leaves_a_message(town)
    (message,) = listed(ali)

    assert otto.asks("GET", "/messages").status_code == 401
    assert otto.asks("POST", f"/messages/{message['id']}/handled").status_code == 401
    assert listed(ali) == [message]


def test_the_calls_are_described(otto):
    paths = otto.asks("GET", "/openapi.json").json()["paths"]

    assert set(paths["/api/v1/messages"]["get"]["responses"]) == {"200", "401", "403"}
    assert set(paths["/api/v1/messages/{message_id}/handled"]["post"]["responses"]) >= {
        "204",
        "401",
        "403",
        "404",
        "409",
    }
