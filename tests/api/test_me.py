from tests.api.conftest import KAREN, waits


def test_an_agent_sees_the_own_state_and_changes_it(ali):
    before = ali.ask("GET", "/me")
    after = ali.ask("PUT", "/me/state", {"state": "break", "reason": "lunch"})

    assert (before["state"], before["contact"]) == ("offline", None)
    assert (after["state"], after["reason"], after["wanted"]) == ("break", "lunch", "break")


def test_a_state_that_no_one_may_ask_for_is_refused_with_the_field(ali):
    problem = ali.ask("PUT", "/me/state", {"state": "talking"}, status=422)

    assert "state" in problem["errors"]["json"]


def test_without_a_contact_the_pop_is_empty(ali):
    pop = ali.ask("GET", "/me/contact")

    assert (pop["id"], pop["state"], pop["cases"]) == (None, None, [])


def test_the_pop_shows_karen_and_her_cases_as_not_confirmed(town, ali):
    ali.ready()
    waits(town)
    town.wait(2)

    pop = ali.pop

    assert pop["state"] == "ringing"
    assert (pop["caller"], pop["hidden"], pop["anonymous"], pop["verified"]) == ("20 30 40 51", False, False, False)
    assert (pop["group"], pop["group_name"], pop["language"]) == ("omstilling", "Omstillingen", "da")
    assert [(case["case_number"], case["confirmed"]) for case in pop["cases"]] == [("260418", False), ("260419", False)]
    assert ali.ask("GET", "/me")["contact"] == pop["id"]


def test_a_hidden_number_has_neither_cases_nor_history(town, ali):
    ali.ready()
    call = town.carrier.phone(KAREN).call("+4572001234", caller_id="anonymous")
    call.hears("Tast 1")
    call.press("0")
    call.hears("kø")
    town.wait(2)

    pop = ali.pop

    assert (pop["caller"], pop["hidden"]) == (None, True)
    assert (pop["cases"], pop["history"]) == ([], [])


def test_an_anonymous_contact_shows_nothing_of_its_caller(town, ali):
    worried = town.agent("camilla", groups="familie").ready()
    call = town.calls(KAREN)
    call.hears("Tast 1")
    call.say("jeg er bekymret for et barn")
    town.wait(10)

    pop = worried.pop

    assert (pop["topic"], pop["anonymous"], pop["caller"], pop["hidden"]) == ("bekymring", True, None, False)
    assert (pop["cases"], pop["history"], pop["links"]) == ([], [], [])


def test_an_earlier_contact_is_shown_with_how_it_ended(town, ali):
    ali.ready()
    call = waits(town)
    ali.takes()
    call.joins_conference()
    town.wait(30)
    call.hang_up()
    town.wait(2)
    ali.wraps_up("no", topic="byggesag")

    waits(town)
    town.wait(2)

    (earlier,) = ali.pop["history"]
    assert (earlier["topic"], earlier["outcome"], earlier["resolved"]) == ("byggesag", "not_settled", "no")


def test_a_pop_that_has_not_changed_is_not_sent_again(ali):
    version = ali.ask("GET", "/me/contact")["version"]

    assert ali.ask("GET", f"/me/contact?since={version}", status=204) is None


def test_otto_sees_neither_state_nor_contact(otto):
    assert otto.asks("GET", "/me").status_code == 401
    assert otto.asks("PUT", "/me/state", {"state": "ready"}).status_code == 401
    assert otto.asks("GET", "/me/contact").status_code == 401
