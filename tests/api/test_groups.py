from datetime import datetime

import pytest


def test_a_group_closed_by_hand_stays_so_until_the_hours_decide_again(sofie):
    closed = sofie.ask("PUT", "/groups/omstilling/open", {"is_open": False, "reason": "personalemøde"})
    again = sofie.ask("PUT", "/groups/omstilling/open", {"is_open": None})

    assert (closed["is_open"], closed["set_by_hand"], closed["reason"]) == (False, True, "personalemøde")
    assert (again["is_open"], again["set_by_hand"]) == (True, False)


def test_until_an_hour_says_when_it_opens_again(sofie):
    wish = {"is_open": False, "until": "2026-11-23T12:30:00+01:00"}

    closed = sofie.ask("PUT", "/groups/omstilling/open", wish)

    assert closed["opens_at"] in ("2026-11-23T12:30:00+01:00", "2026-11-23T11:30:00Z")


def test_closed_until_an_hour_at_which_the_hours_are_over_it_opens_when_they_begin_again(sofie):
    wish = {"is_open": False, "until": "2026-11-23T15:00:00+01:00"}

    closed = sofie.ask("PUT", "/groups/omstilling/open", wish)

    assert datetime.fromisoformat(closed["opens_at"]) == datetime.fromisoformat("2026-11-24T09:00:00+01:00")


def test_a_group_opened_by_hand_keeps_its_reason_and_its_end(sofie):
    wish = {"is_open": True, "reason": "borgermøde", "until": "2026-11-23T18:00:00+01:00"}

    opened = sofie.ask("PUT", "/groups/omstilling/open", wish)

    end = datetime.fromisoformat("2026-11-23T18:00:00+01:00")
    assert (opened["is_open"], opened["set_by_hand"], opened["reason"]) == (True, True, "borgermøde")
    assert [datetime.fromisoformat(opened[key]) for key in ("until", "closes_at")] == [end, end]


def test_opened_until_an_hour_at_which_the_hours_go_on_it_closes_when_they_end(sofie):
    wish = {"is_open": True, "reason": "tidligt på den", "until": "2026-11-23T11:00:00+01:00"}

    opened = sofie.ask("PUT", "/groups/omstilling/open", wish)

    assert datetime.fromisoformat(opened["closes_at"]) == datetime.fromisoformat("2026-11-23T15:00:00+01:00")


def test_closed_until_somebody_changes_it_promises_no_hour(sofie):
    closed = sofie.ask("PUT", "/groups/omstilling/open", {"is_open": False, "reason": "vandskade"})

    assert (closed["opens_at"], closed["until"]) == (None, None)


@pytest.mark.parametrize("asks", [["0"], ["2", "2"]], ids=["for a person", "not helped"])
def test_callers_are_told_why_a_group_was_closed_by_hand_and_when_it_opens_and_may_choose(town, sofie, asks):
    wish = {"is_open": False, "reason": "personalemøde", "until": "2026-11-23T14:30:00+01:00"}
    sofie.ask("PUT", "/groups/natur-miljoe/open", wish)
    call = town.calls()
    call.hears("Hvad drejer")
    call.say("jeg har set rotter i haven")
    call.hears("link på sms")

    for key in asks:
        call.press(key)
        town.wait(1)

    call.hears("Natur og Miljø har lukket lige nu.")
    call.hears("Vi holder lukket: personalemøde. Vi åbner igen klokken 14:30.")
    call.hears("Tast 1 for at indtale en besked.")
    call.hears("Tast 0 for at tale med en anden medarbejder.")
    call.press("0")
    call.hears("Jeg stiller dig i kø til Omstillingen.")


def test_a_group_closed_by_hand_for_nobody_knows_how_long_tells_why_all_the_same(town, sofie):
    sofie.ask("PUT", "/groups/natur-miljoe/open", {"is_open": False, "reason": "vandskade"})
    call = town.calls()
    call.hears("Hvad drejer")
    call.say("der er kloakvand i kælderen")

    call.hears("Vi har lukket indtil videre: vandskade.")


def test_a_moment_that_has_passed_is_refused(sofie):
    wish = {"is_open": False, "until": "2026-11-23T10:00:00+01:00"}

    assert sofie.ask("PUT", "/groups/omstilling/open", wish, status=422)["code"] == "time_has_passed"


def test_a_group_that_is_not_there_is_not_found(sofie):
    assert sofie.ask("PUT", "/groups/nowhere/open", {"is_open": True}, status=404)["code"] == "no_such_group"


def test_an_agent_and_otto_may_not_close_a_group(ali, otto):
    assert ali.ask("PUT", "/groups/omstilling/open", {"is_open": False}, status=403)["code"] == "forbidden"
    assert otto.asks("PUT", "/groups/omstilling/open", {"is_open": False}).status_code == 401
