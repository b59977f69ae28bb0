"""Callbacks: asked for in line, matched in turn, the agent first and then the citizen, and every way they end."""

import re

import pytest
from sqlalchemy import text

from ivr.operations.dialplan import take_up
from tests.journeys.test_queue_to_wrap_up import decisions, in_line
from tests.kit.town import KAREN, MAIN, sources

OTHERS = "+4520304070"
LANDLINE = "+4538100000"


@pytest.fixture
def town(town):
    """The switchboard calls back whoever has waited for a minute; it tries three times, two minutes apart."""
    town.wait(1)
    policy = "    callback: {offered_from_minutes: 1, tries: 3, pause_minutes: 2}\n"
    routes = re.sub(r"(\n  omstilling:\n    name: [^\n]*\n)", rf"\1{policy}", sources()["routes.yaml"], count=1)
    assert town.operations.run(take_up, sources() | {"routes.yaml": routes}) is not None
    return town


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling")


def promised(town, number=KAREN):
    """Somebody asks to be called back and hangs up."""
    call = in_line(town, number)
    call.hears("hellere vil ringes op", within=120)
    call.press("1")
    call.hears("Vi ringer til dig på")
    call.press("1")
    call.hears("Vi ringer til dig inden klokken 11:15")
    call.ends()
    town.wait(2)


def callback(town, column="state", index=-1):
    with town.engine.connect() as db:
        return [row[0] for row in db.execute(text(f"SELECT {column} FROM callbacks ORDER BY asked_at"))][index]


def entries(town):
    with town.engine.connect() as db:
        return [row.state for row in db.execute(text("SELECT state FROM queue_entries ORDER BY entered_at, id"))]


def texts(town, number=KAREN):
    return [received.text for received in town.carrier.phone(number).inbox]


def picked_up(town, ali, within=15):
    """The agent has pressed 1, and the citizen's telephone rings."""
    line = ali.phone.rings(within).answer()
    line.hears("Tilbagekald til Omstillingen")
    line.press("1")
    line.hears("Jeg ringer til borgeren")
    return line


def test_the_agent_is_rung_first_then_the_citizen_and_the_two_talk(town, ali):
    promised(town)
    assert entries(town) == ["callback"]
    assert "inden klokken 11:15" in texts(town)[0]
    ali.ready()

    line = picked_up(town, ali)
    assert ali.pop["callback"]
    karen = town.carrier.phone(KAREN).rings()
    assert karen.call.from_ == MAIN
    karen.answer()
    karen.hears("Goddag, det er Lillebælt Kommune. Tast 1")
    karen.press("1")
    karen.joins_conference()
    town.wait(2)

    assert town.carrier.talks(karen, line)
    assert ali.state == "talking"
    assert callback(town) == "reached"
    assert "connected" in town.facts()
    town.wait(30)
    karen.hang_up()
    town.wait(3)
    assert ali.state == "wrap_up"
    ali.wraps_up()
    assert town.contact().outcome == "settled_by_agent"
    town.is_tidy()


def test_an_agent_who_is_ready_at_once_is_rung_only_when_the_caller_has_hung_up(town, ali):
    call = in_line(town)
    call.hears("hellere vil ringes op", within=120)
    call.press("1")
    call.hears("Vi ringer til dig på")
    call.press("1")
    call.hears("Vi ringer til dig inden")

    ali.ready()
    ali.phone.does_not_ring(2)
    call.ends()

    ali.phone.rings()


def test_nobody_answers_three_times_and_then_a_text_tells_so(town, ali):
    promised(town)
    karen = town.carrier.phone(KAREN).no_answer()
    ali.ready()

    for pause in (0, 120, 120):
        line = picked_up(town, ali, within=pause + 20)
        karen.rings()
        line.hears("Borgeren tog ikke telefonen", within=60)
        town.wait(3)
        assert ali.state == "ready"
    ali.phone.does_not_ring(150)

    assert town.facts().count("callback_unanswered") == 3
    assert (callback(town), callback(town, "tries")) == ("unreached", 3)
    assert "uden at få fat i dig" in texts(town)[-1]
    assert town.contact().outcome == "callback_promised"
    assert decisions(town) == ["cancelled"] * 3
    town.is_tidy()


def test_a_busy_telephone_is_a_try_and_the_agent_takes_others_meanwhile(town, ali):
    promised(town)
    town.carrier.phone(KAREN).busy()
    ali.ready()

    picked_up(town, ali).hears("Borgeren tog ikke telefonen", within=60)
    other = in_line(town, OTHERS)
    ali.takes()

    other.joins_conference()
    assert entries(town)[0] == "callback"


def test_a_voicemail_hears_that_we_called_and_nothing_more(town, ali):
    promised(town)
    karen = town.carrier.phone(KAREN).voicemail(after=10)
    ali.ready()

    line = picked_up(town, ali)
    machine = karen.rings()
    machine.hears("Lillebælt Kommune ringede. Farvel.", within=60)
    line.hears("Borgeren tog ikke telefonen", within=30)

    said = " ".join(part.text for part in machine.heard)
    assert said.count("Goddag, det er Lillebælt Kommune. Tast 1 for at tale med os.") == 2
    assert machine.in_conference is None
    assert callback(town, "tries") == 1


def test_an_agent_who_does_not_answer_leaves_the_callback_to_another_and_the_citizen_is_not_rung(town, ali):
    ali.phone.no_answer()
    promised(town)
    ali.ready()
    town.wait(40)
    assert ali.state == "break"
    assert town.carrier.phone(KAREN).ringing == []

    birgit = town.agent("birgit", groups="omstilling").ready()
    picked_up(town, birgit)

    town.carrier.phone(KAREN).rings()
    assert callback(town, "tries") == 0


def test_an_agent_who_is_lost_while_the_citizen_is_rung_costs_no_try(town, ali):
    promised(town)
    ali.ready()
    line = picked_up(town, ali)
    karen = town.carrier.phone(KAREN)
    karen.rings()

    line.hang_up()
    town.wait(10)
    assert karen.ringing == []
    birgit = town.agent("birgit", groups="omstilling").ready()
    picked_up(town, birgit, within=40)
    line = karen.rings().answer()
    line.hears("Tast 1")
    line.press("1")
    line.joins_conference()
    town.wait(2)

    assert callback(town, "tries") == 0
    assert callback(town) == "reached"


def test_who_answers_a_call_that_nobody_waits_for_any_more_hears_so(town, ali):
    promised(town)
    ali.ready()
    line = picked_up(town, ali)
    karen = town.carrier.phone(KAREN).rings().answer()
    karen.hears("Goddag")

    line.hang_up()
    town.wait(1)
    karen.press("1")

    karen.hears("Vi prøver igen")
    karen.ends()
    assert callback(town) == "open"


def test_whoever_calls_in_may_wait_on_the_line_in_the_same_place(town, ali):
    promised(town)
    later = in_line(town, OTHERS)
    again = town.calls()
    again.hears("Vi har lovet at ringe til dig inden klokken 11:15")
    again.press("2")
    again.hears("Du har fået din plads i køen igen")
    town.wait(1)

    assert callback(town) == "taken_over"
    assert town.contact(0).outcome == "callback_promised"
    ali.ready()
    ali.takes()
    again.joins_conference()
    assert later.in_conference is None


def test_whoever_calls_in_about_the_same_and_says_nothing_of_it_is_in_line_in_the_same_place(town, ali):
    promised(town)
    later = in_line(town, OTHERS)
    again = town.calls()
    again.hears("Vi har lovet at ringe")
    again.press("0")
    again.hears("i kø til", within=60)
    town.wait(1)
    assert entries(town).count("callback") == 0

    ali.ready()
    ali.takes()
    again.joins_conference()
    assert later.in_conference is None


def test_whoever_calls_in_may_keep_the_callback_or_cancel_it(town, ali):
    promised(town)
    keeps = town.calls()
    keeps.hears("Vi har lovet at ringe")
    keeps.press("1")
    keeps.hears("Så ringer vi til dig")
    keeps.ends()
    assert callback(town) == "open"

    cancels = town.calls()
    cancels.hears("Vi har lovet at ringe")
    cancels.press("3")
    cancels.hears("Så ringer vi ikke til dig")

    assert callback(town) == "cancelled"
    ali.ready()
    ali.phone.does_not_ring(5)
    cancels.hang_up()
    town.wait(3)
    town.is_tidy()


def test_a_text_with_the_word_cancels_and_another_does_not(town, ali):
    promised(town)
    karen = town.carrier.phone(KAREN)

    karen.text(MAIN, "Tak for beskeden")
    town.wait(2)
    assert callback(town) == "open"
    karen.text(MAIN, "aflys, tak")
    town.wait(2)

    assert callback(town) == "cancelled"
    assert "Vi ringer ikke til dig" in texts(town)[-1]
    assert town.contact().outcome == "callback_promised"
    ali.ready()
    ali.phone.does_not_ring(5)
    town.is_tidy()


def test_a_text_while_the_agent_is_rung_takes_the_call_away_and_is_no_miss(town, ali):
    promised(town)
    ali.ready()
    ali.phone.rings()

    town.carrier.phone(KAREN).text(MAIN, "AFLYS")
    town.wait(3)

    assert ali.state == "ready"
    assert ali.phone.ringing == []
    town.is_tidy()


def test_a_hidden_number_is_not_offered_what_cannot_be_kept(town):
    call = town.carrier.phone(KAREN).call(MAIN, caller_id="anonymous")
    call.hears("Tast 1")
    call.press("0")
    call.hears("kø")
    call.hears_no("ringes op", within=100)

    call.press("1")
    town.wait(30)

    assert entries(town) == ["waiting"]


def test_a_landline_is_called_back_and_sent_no_text(town):
    promised(town, LANDLINE)

    assert callback(town) == "open"
    assert texts(town, LANDLINE) == []


def test_an_offer_that_rings_while_the_caller_confirms_is_withdrawn_and_no_miss(town, ali):
    call = in_line(town)
    call.hears("hellere vil ringes op", within=120)
    call.press("1")
    call.hears("Vi ringer til dig på")
    ali.ready()
    ali.phone.rings()

    call.press("1")
    call.hears("Vi ringer til dig inden")
    town.wait(2)

    assert ali.state == "ready"
    assert decisions(town) == ["cancelled"]
    assert callback(town) == "open"


def test_callbacks_and_callers_on_the_line_are_served_in_the_order_in_which_they_came(town, ali):
    promised(town)
    second = in_line(town, OTHERS)
    ali.ready()

    line = picked_up(town, ali)
    karen = town.carrier.phone(KAREN).rings().answer()
    karen.hears("Tast 1")
    karen.press("1")
    karen.joins_conference()
    assert second.in_conference is None
    line.hears_no("Opkald", within=2)


def test_every_report_of_the_citizens_line_lost_is_found_by_asking(town, ali):
    promised(town)
    ali.ready()
    karen = town.carrier.phone(KAREN).no_answer()
    picked_up(town, ali)
    karen.rings()
    tell = town.carrier.webhooks.tell
    town.carrier.webhooks.tell = lambda url, method, fields: (
        None if "/voice/status" in url else tell(url, method, fields)
    )

    town.wait(100)
    town.carrier.webhooks.tell = tell

    assert callback(town, "tries") == 1
    assert ali.state == "ready"


def test_a_promise_that_cannot_be_kept_in_time_is_told_by_a_text_and_counts_as_missed(town, ali):
    promised(town)
    town.wait_long(75 * 60)

    assert "Vi når desværre ikke at ringe til tiden" in texts(town)[-1]
    assert town.facts().count("callback_late") == 1
    sofie = town.agent("sofie", role="supervisor")
    assert sofie.ask("GET", "/stats")["callbacks"]["kept"] == {"numerator": 0, "denominator": 1, "share": 0.0}


def test_a_callback_stands_on_a_line_of_its_own_in_the_figures(town, ali):
    sofie = town.agent("sofie", role="supervisor")
    promised(town)
    (queue,) = [one for one in sofie.ask("GET", "/queues")["queues"] if one["group"] == "omstilling"]
    assert (queue["waiting"], queue["longest_wait_seconds"], queue["callbacks"]) == (0, 0, 1)

    ali.ready()
    picked_up(town, ali)
    karen = town.carrier.phone(KAREN).rings().answer()
    karen.hears("Tast 1")
    karen.press("1")
    karen.joins_conference()
    town.wait(2)

    stats = sofie.ask("GET", "/stats")
    assert (stats["answered"], stats["longest_wait_seconds"]) == (0, None)
    assert stats["service_level"]["denominator"] == 0
    figures = stats["callbacks"]
    assert (figures["promised"], figures["reached"]) == (1, 1)
    assert figures["kept"] == {"numerator": 1, "denominator": 1, "share": 1.0}
    assert figures["longest_wait_seconds"] > 60


def test_two_calls_of_one_number_about_the_same_are_promised_one_callback(town, ali):
    first, second = in_line(town), in_line(town)
    for call in (first, second):
        call.hears("hellere vil ringes op", within=120)
    for call in (first, second):
        call.press("1")
        call.hears("Vi ringer til dig på")
        call.press("1")
        call.hears("Vi ringer til dig inden")
        call.ends()
    town.wait(2)

    assert entries(town) == ["callback", "closed"]
    assert [callback(town, index=0), town.contact(1).outcome] == ["open", "callback_promised"]


def test_whoever_answers_and_hangs_up_before_the_two_have_met_is_rung_again(town, ali):
    promised(town)
    ali.ready()
    picked_up(town, ali)
    karen = town.carrier.phone(KAREN).rings().answer()
    karen.hears("Goddag")

    karen.press("1")
    karen.hang_up()
    town.wait(3)

    assert (callback(town), callback(town, "tries")) == ("open", 1)
    assert ali.state == "ready"
    town.is_tidy()
