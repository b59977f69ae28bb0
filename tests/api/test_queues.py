from tests.api.conftest import until, waits


def queue(queues, group="omstilling"):
    return next(found for found in queues["queues"] if found["group"] == group)


def test_an_empty_queue_says_no_data_and_not_nought_percent(sofie):
    board = queue(sofie.ask("GET", "/queues"))

    assert (board["waiting"], board["longest_wait_seconds"], board["is_stuck"]) == (0, 0, False)
    assert board["service_level_today"] == {
        "numerator": 0,
        "denominator": 0,
        "share": None,
        "variant": "ours",
        "target_share": 0.8,
        "target_seconds": 30.0,
    }
    assert board["settled_at_first_contact_today"] == {"numerator": 0, "denominator": 0, "share": None}


def test_a_caller_whom_nobody_can_take_shows_as_waiting_and_stuck(town, sofie):
    waits(town)
    town.wait(30)

    board = until(lambda: queue(sofie.ask("GET", "/queues")), lambda found: found["waiting"] == 1)

    assert board["is_stuck"]
    assert board["longest_wait_seconds"] >= 30


def test_people_are_counted_by_what_they_do(ali, birgit, sofie):
    ali.ready()

    board = until(lambda: queue(sofie.ask("GET", "/queues")), lambda found: found["agents_by_state"]["ready"] == 1)

    assert board["agents_by_state"]["offline"] == 1
    assert [agent["name"] for agent in board["agents"]] == ["Ali", "Sofie"]


def test_a_board_that_has_not_changed_is_not_sent_again(sofie):
    version = sofie.ask("GET", "/queues")["version"]

    assert sofie.ask("GET", f"/queues?since={version}", status=204) is None


def test_an_agent_and_otto_may_not_see_the_board(ali, otto):
    assert ali.ask("GET", "/queues", status=403)["status"] == 403
    assert otto.asks("GET", "/queues").status_code == 401
