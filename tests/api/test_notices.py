from tests.api.conftest import until

TEXTS = {"da": "Rådhuset er lukket i dag.", "en": "The town hall is closed today."}


def test_a_notice_is_put_on_the_air_heard_and_taken_off(town, sofie):
    put = sofie.ask("PUT", "/notices/storm", {"text": TEXTS})
    call = town.calls()
    call.hears("Rådhuset er lukket i dag")
    listed = sofie.ask("GET", "/notices")["notices"]
    sofie.ask("DELETE", "/notices/storm", status=204)

    assert (put["id"], put["text"], put["set_by"]) == ("storm", TEXTS, "sofie")
    assert [notice["id"] for notice in listed] == ["storm"]
    assert sofie.ask("GET", "/notices/storm", status=404)["code"] == "no_such_notice"


def test_a_notice_that_lacks_a_language_is_refused_by_name(sofie):
    problem = sofie.ask("PUT", "/notices/storm", {"text": {"da": "Lukket."}}, status=422)

    assert problem["detail"] == "The notice has no text in: en."


def test_a_notice_whose_time_has_run_out_is_off_the_air(town, sofie):
    sofie.ask("PUT", "/notices/storm", {"text": TEXTS, "until": "2026-11-23T10:01:00+01:00"})
    town.wait(120)

    until(lambda: sofie.ask("GET", "/notices")["notices"], lambda notices: notices == [])
    call = town.calls()
    call.hears("Hvad drejer")
    call.hears_no("Rådhuset er lukket")


def test_a_notice_until_a_moment_that_has_passed_is_refused(sofie):
    wish = {"text": TEXTS, "until": "2026-11-23T09:00:00+01:00"}

    problem = sofie.ask("PUT", "/notices/storm", wish, status=422)

    assert (problem["code"], problem["detail"]) == (
        "time_has_passed",
        "The time has passed: 2026-11-23T09:00+01:00.",
    )
    assert sofie.ask("GET", "/notices")["notices"] == []


def test_an_agent_and_otto_may_not_speak_to_everybody(ali, otto):
    assert ali.ask("PUT", "/notices/storm", {"text": TEXTS}, status=403)["code"] == "forbidden"
    assert otto.asks("PUT", "/notices/storm", {"text": TEXTS}).status_code == 401
    assert otto.asks("DELETE", "/notices/storm").status_code == 401
