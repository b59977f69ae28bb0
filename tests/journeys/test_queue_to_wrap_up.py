"""From the queue to the wrap-up: who is offered whom, every way an offer ends, every way a talk ends."""

import pytest
from sqlalchemy import text


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling").ready()


def in_line(town, number="+4520304059"):
    """A caller in line for `omstilling`."""
    call = town.calls(number)
    call.hears("Tast 1")
    call.press("0")
    call.hears("kø")
    return call


def talking(town, desk, number="+4520304059"):
    """The caller's line and the agent's, in conversation."""
    call = in_line(town, number)
    line = desk.takes()
    call.joins_conference()
    return call, line


def decisions(town):
    with town.engine.connect() as db:
        rows = db.execute(text("SELECT state, agent_id FROM engagements ORDER BY offered_at, id")).all()
    return [row.state for row in rows]


def test_an_agent_who_does_not_answer_is_put_on_break_and_the_caller_keeps_the_place(town, ali):
    ali.phone.no_answer()
    birgit = town.agent("birgit", groups="omstilling")
    first = in_line(town)
    town.wait(2)
    assert ali.state == "offered"
    later = in_line(town, "+4520304070")
    town.wait(35)
    assert ali.state == "break"

    birgit.ready()
    birgit.takes()

    first.joins_conference()
    assert later.in_conference is None
    assert decisions(town) == ["no_answer", "connected"]
    assert town.facts(0).count("queued") == 1


def test_an_agent_who_declines_on_the_phone_is_put_on_break_and_the_next_one_is_tried(town, ali):
    ali.phone.declines()
    call = in_line(town)
    town.wait(10)
    birgit = town.agent("birgit", groups="omstilling").ready()
    birgit.takes()
    call.joins_conference()

    assert ali.state == "break"
    assert decisions(town) == ["declined", "connected"]


def test_an_agent_who_declines_at_the_desk_is_put_on_break(town, ali):
    in_line(town)
    ali.phone.rings()
    ali.does("decline", ali.pop["id"])
    town.wait(3)

    assert ali.state == "break"
    assert ali.phone.ringing == []


def test_a_voicemail_never_gets_a_citizen(town, ali):
    ali.phone.voicemail(after=5)
    call = in_line(town)
    town.wait(60)

    assert ali.state == "break"
    assert call.in_conference is None
    assert call.is_live


def test_accepting_at_the_desk_spares_the_key(town, ali):
    call = in_line(town)
    ringing = ali.phone.rings()
    ali.does("accept", ali.pop["id"])
    ringing.answer()
    ringing.joins_conference()
    call.joins_conference()

    assert town.carrier.talks(call, ringing)


def test_a_phone_that_never_rings_is_nobodys_miss_the_first_time(town, ali):
    ali.phone.switched_off()
    in_line(town)
    town.wait(3)

    assert decisions(town)[0] == "failed"
    town.wait(30)
    assert ali.state == "break"


def test_a_caller_who_hangs_up_while_it_rings_is_not_the_agents_miss(town, ali):
    call = in_line(town)
    ali.phone.rings()
    call.hang_up()
    town.wait(3)

    assert ali.state == "ready"
    assert ali.phone.ringing == []
    assert decisions(town) == ["cancelled"]
    assert town.contact().outcome == "abandoned_in_queue"
    town.is_tidy()


def test_an_accept_that_crosses_the_callers_hang_up_ends_in_one_place(town, ali):
    call = in_line(town)
    line = ali.phone.rings().answer()
    line.hears("Tast 1")
    town.is_dispatching = False
    call.hang_up()
    line.press("1")
    town.is_dispatching = True
    town.wait(30)

    assert ali.state == "ready"
    assert not line.is_live
    assert town.contact().outcome == "abandoned_in_queue"
    town.is_tidy()


def test_the_citizen_hangs_up_and_the_agent_wraps_up(town, ali):
    call, line = talking(town, ali)
    town.wait(40)
    call.hang_up()
    town.wait(2)

    assert not line.is_live
    assert ali.state == "wrap_up"
    ali.wraps_up("no", reason="sent_on", note="Skal have svar fra jobcentret")
    assert ali.state == "ready"
    contact = town.contact()
    assert (contact.outcome, contact.resolved, contact.wrap_up_note) == (
        "not_settled",
        "no",
        "Skal have svar fra jobcentret",
    )
    town.is_tidy()


def test_the_desks_hang_up_is_the_sure_end_for_both(town, ali):
    call, line = talking(town, ali)
    town.wait(5)
    ali.does("hang-up", ali.pop["id"])
    town.wait(10)

    assert not line.is_live
    assert not call.is_live
    assert ali.state == "wrap_up"
    ali.wraps_up("yes")
    assert town.contact().outcome == "settled_by_agent"
    town.is_tidy()


def test_an_agent_who_hangs_up_the_telephone_after_the_talk_has_finished(town, ali):
    call, line = talking(town, ali)
    town.wait(30)
    line.hang_up()
    call.hears("Tak for samtalen")
    call.ends()
    town.wait(2)

    assert ali.state == "wrap_up"
    ali.wraps_up("yes")
    town.is_tidy()


def test_a_caller_who_was_cut_off_goes_to_the_front_by_pressing_0(town, ali):
    call, line = talking(town, ali)
    town.wait(30)
    line.hang_up()
    call.hears("Tak for samtalen")
    later = in_line(town, "+4520304070")
    call.press("0")
    town.wait(3)
    ali.wraps_up("no")
    ali.takes()

    call.joins_conference()
    assert later.in_conference is None


@pytest.mark.parametrize("how", ["hangs up soon", "drops"])
def test_an_agents_lost_line_sends_the_caller_to_the_front(town, ali, how):
    call, line = talking(town, ali)
    later = in_line(town, "+4520304070")
    town.wait(5)
    line.hang_up() if how == "hangs up soon" else line.drop()
    call.hears("mistede forbindelsen")
    town.wait(2)
    assert ali.state == "break"

    birgit = town.agent("birgit", groups="omstilling").ready()
    birgit.takes()

    call.joins_conference()
    assert later.in_conference is None
    assert town.contact(0).ended_at is None


def test_a_wrap_up_that_nobody_finishes_ends_by_time_without_a_word(town, ali):
    call, _ = talking(town, ali)
    town.wait(30)
    call.hang_up()
    town.wait(200)

    assert ali.state == "ready"
    contact = town.contact()
    assert (contact.outcome, contact.resolved) == ("not_settled", None)
    town.is_tidy()


def test_a_break_asked_for_in_the_talk_is_granted_after_the_wrap_up(town, ali):
    call, _ = talking(town, ali)
    ali.wishes("break", "frokost")
    assert ali.state == "talking"
    call.hang_up()
    town.wait(2)
    ali.wraps_up("yes")

    assert ali.state == "break"


def test_a_break_asked_for_while_it_rings_declines_the_offer_once(town, ali):
    in_line(town)
    ali.phone.rings()
    ali.wishes("break")
    town.wait(5)

    assert ali.state == "break"
    assert ali.phone.ringing == []
    assert decisions(town) == ["declined"]


def test_hold_and_resume(town, ali):
    call, line = talking(town, ali)
    contact = ali.pop["id"]
    ali.does("hold", contact)
    town.wait(2)
    assert call.is_held

    ali.does("resume", contact)
    town.wait(2)

    assert town.carrier.talks(call, line)


def test_an_agent_is_offered_only_what_the_group_and_the_skill_allow(town, ali):
    pas = town.agent("paula", groups="borgerservice", skills="pas:3").ready()
    call = town.calls()
    call.hears("Tast 1")
    call.say("jeg skal have nyt pas")
    call.hears("link på sms")
    call.press("0")
    pas.takes()

    call.joins_conference()
    ali.phone.does_not_ring()


def test_the_specialist_is_spared_when_somebody_with_less_will_do(town):
    expert = town.agent("ekspert", groups="borgerservice", skills="pas:5").ready()
    town.wait(10)
    novice = town.agent("novice", groups="borgerservice", skills="pas:1").ready()
    call = town.calls()
    call.hears("Tast 1")
    call.say("jeg skal have nyt pas")
    call.hears("link på sms")
    call.press("0")

    novice.phone.rings()
    assert expert.phone.ringing == []
