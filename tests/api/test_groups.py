def test_a_group_closed_by_hand_stays_so_until_the_hours_decide_again(sofie):
    closed = sofie.ask("PUT", "/groups/omstilling/open", {"is_open": False, "reason": "personalemøde"})
    again = sofie.ask("PUT", "/groups/omstilling/open", {"is_open": None})

    assert (closed["is_open"], closed["set_by_hand"], closed["reason"]) == (False, True, "personalemøde")
    assert (again["is_open"], again["set_by_hand"]) == (True, False)


def test_until_an_hour_says_when_it_opens_again(sofie):
    wish = {"is_open": False, "until": "2026-11-23T12:30:00+01:00"}

    closed = sofie.ask("PUT", "/groups/omstilling/open", wish)

    assert closed["opens_at"] in ("2026-11-23T12:30:00+01:00", "2026-11-23T11:30:00Z")


def test_a_group_that_is_not_there_is_not_found(sofie):
    assert sofie.ask("PUT", "/groups/nowhere/open", {"is_open": True}, status=404)["code"] == "no_such_group"


def test_an_agent_and_otto_may_not_close_a_group(ali, otto):
    assert ali.ask("PUT", "/groups/omstilling/open", {"is_open": False}, status=403)["code"] == "forbidden"
    assert otto.asks("PUT", "/groups/omstilling/open", {"is_open": False}).status_code == 401
