import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.operations import imports
from tests.kit.town import KAREN, open_town
from tests.pages.test_messages import (
    EVENING,
    NOBODYS,
    handled_by,
    kept,
    leaves_a_message,
    leaves_a_message_for_kirsten,
    runs_out_of_time,
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

    assert message == {
        "id": address.removeprefix("/messages/"),
        "contact": town.contact().id,
        "group": "omstilling",
        "topic": None,
        "employee": None,
        "left_at": message["left_at"],
        "due_at": "2026-11-24T10:00:00Z",
        "overdue": False,
        "taken_by": None,
        "seconds": kept(town)[-1].seconds,
        "caller": "20 30 40 59",
        "hidden": False,
        "anonymous": False,
        "audio": f"{address}/audio",
        "audio_lost": False,
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

    ali.ask("POST", f"/messages/{message['id']}/handled", {"outcome": "settled"}, status=204)

    assert listed(ali) == []
    assert handled_by(town) == ["ali"]
    assert town.facts()[-1] == "message_handled"


def test_a_supervisor_hears_for_every_group_and_an_agent_for_their_own(town, ali, birgit, sofie):
    leaves_a_message(town)
    (message,) = listed(sofie)

    refused = birgit.ask("POST", f"/messages/{message['id']}/handled", {"outcome": "settled"}, status=404)

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
            json={"outcome": "settled"},
            headers={"Authorization": f"Bearer {desk.token}"},
            timeout=20,
        )

    with ThreadPoolExecutor() as both:
        answers = sorted(both.map(marks, (ali, sofie)), key=lambda answer: answer.status_code)

    assert [answer.status_code for answer in answers] == [204, 409]
    assert answers[1].json()["code"] == "message_taken"
    assert len(handled_by(town)) == 1


def test_a_message_is_taken_by_one_and_ended_by_them_with_what_came_of_it(town, ali, sofie):
    leaves_a_message(town)
    (message,) = listed(ali)
    address = f"/messages/{message['id']}"

    ali.ask("POST", f"{address}/take", status=204)
    ali.ask("POST", f"{address}/take", status=204)
    refused = [
        sofie.ask("POST", f"{address}/take", status=409),
        sofie.ask("POST", f"{address}/handled", {"outcome": "settled"}, status=409),
    ]
    (seen,) = listed(sofie)
    ali.ask("POST", f"{address}/handled", {"outcome": "not_reached"}, status=204)

    assert {problem["code"] for problem in refused} == {"message_taken"}
    assert seen["taken_by"] == "Ali"
    assert kept(town)[0].outcome == "not_reached"
    assert town.facts()[-2:] == ["message_taken", "message_handled"]


def test_of_two_who_take_a_message_at_the_same_moment_one_has_it(town, ali, sofie):
    leaves_a_message(town)
    (message,) = listed(ali)
    together = threading.Barrier(2)

    def takes(desk):
        together.wait()
        return town.http.post(
            f"{town.url}/api/v1/messages/{message['id']}/take",
            headers={"Authorization": f"Bearer {desk.token}"},
            timeout=20,
        ).status_code

    with ThreadPoolExecutor() as both:
        assert sorted(both.map(takes, (ali, sofie))) == [204, 409]

    assert town.facts().count("message_taken") == 1


def test_a_message_is_given_back_by_whoever_has_it_or_by_a_supervisor(town, ali, sofie):
    sara = town.agent("sara", groups="omstilling")
    leaves_a_message(town)
    (message,) = listed(ali)
    address = f"/messages/{message['id']}"
    ali.ask("POST", f"{address}/take", status=204)

    refused = sara.ask("POST", f"{address}/give-back", status=409)
    sofie.ask("POST", f"{address}/give-back", status=204)
    sofie.ask("POST", f"{address}/give-back", status=204)

    assert refused["code"] == "message_taken"
    assert listed(ali) == [message]
    assert town.facts().count("message_given_back") == 1


def test_a_message_past_its_deadline_is_overdue_and_told_once_in_the_log(town, ali, sofie):
    leaves_a_message(town)
    runs_out_of_time(town)

    (message,) = listed(ali)
    (queue,) = (queue for queue in sofie.ask("GET", "/queues")["queues"] if queue["group"] == "omstilling")

    assert message["overdue"]
    assert (queue["messages"], queue["messages_overdue"]) == (1, 1)
    assert town.facts().count("message_overdue") == 1


def test_what_came_of_it_is_one_of_those_that_there_are(town, ali):
    leaves_a_message(town)
    (message,) = listed(ali)

    ali.ask("POST", f"/messages/{message['id']}/handled", {"outcome": "nonsense"}, status=422)

    assert listed(ali) == [message]


def test_a_message_that_is_not_there_is_not_found(ali):
    assert (
        ali.ask("POST", f"/messages/{NOBODYS}/handled", {"outcome": "settled"}, status=404)["code"] == "no_such_message"
    )
    assert ali.ask("POST", "/messages/nonsense/handled", {"outcome": "settled"}, status=404)["code"] == "not_found"


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
