"""Orders that come to nothing: tried again with growing pauses, then given up, and whoever waited goes on."""

from dataclasses import dataclass

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from ivr.dispatcher import orders as dispatcher
from ivr.dispatcher.leases import SHORTEST_LEASE, lease
from ivr.simulator.mischief import Mischief
from ivr.simulator.rest.errors import RestError
from tests.dispatcher.test_orders import in_line, orders
from tests.kit.town import KAREN


@dataclass(kw_only=True)
class Outage(Mischief):
    """Whatever would be changed at an address with `part` in it is answered with `refusal`, and nothing is done."""

    part: str
    refusal: RestError

    def strikes(self, kind: str, what: str = "") -> bool:
        if kind == "refuse_rest" and self.part in what:
            self.done.append(what)
            raise self.refusal
        return False


def outage(part, status=503, code=20503):
    return Outage(part=part, refusal=RestError(status, code, "Internal"))


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling").ready()


@pytest.fixture
def talk(town, ali):
    call = in_line(town)
    ali.takes()
    call.joins_conference()
    return call


def asks_for_link(town, number=KAREN):
    """Somebody takes the link to the passport page."""
    call = town.calls(number)
    call.hears("Hvad drejer")
    call.say("jeg skal have nyt pas")
    call.hears("link på sms")
    call.press("1")
    return call


def told(town, kind="order_failed"):
    """What the log says of failed orders: the data of each event."""
    with town.engine.connect() as db:
        rows = db.execute(text("SELECT data FROM events WHERE kind = :kind ORDER BY id"), {"kind": kind}).all()
    return [row.data for row in rows]


def spoil(town, kind):
    """An order that this version cannot read."""
    with town.engine.begin() as db:
        db.execute(text("""UPDATE orders SET "order" = '{}' WHERE kind = :kind"""), {"kind": kind})


def test_a_change_that_the_carrier_fails_to_make_is_given_up_and_blocks_its_leg_no_longer(town, ali, talk):
    town.carrier.mischief = outage("/Participants/")
    ali.does("hold", ali.pop["id"])
    town.wait(90)
    tries = len(town.carrier.mischief.done)
    town.carrier.mischief = Mischief.none()
    ali.does("hold", ali.pop["id"])

    assert orders(town, "hold_leg") == [("failed", tries), ("done", 1)]
    assert 8 <= tries <= 15
    assert told(town) == [{"kind": "hold_leg", "code": "carrier_reply_lost"}]
    assert town.facts().count("held") == 1
    assert talk.is_live


def test_what_was_given_up_is_said_once_with_its_cause(town, ali, talk):
    town.carrier.mischief = outage("/Participants/")
    with capture_logs() as log:
        ali.does("hold", ali.pop["id"])
        town.wait(90)

    (given_up,) = [line for line in log if line["event"] == "order_given_up"]
    assert (given_up["kind"], given_up["error"], given_up["log_level"]) == ("hold_leg", "carrier_reply_lost", "error")
    assert [line["error"] for line in log if line["event"] == "order_put_off"] == ["carrier_reply_lost"] * len(
        town.carrier.mischief.done
    )


def test_the_line_of_an_order_that_failed_is_asked_about(town, ali, talk):
    town.carrier.mischief = outage("/Participants/")
    town.carrier.mischief.drop_callback = 1.0
    ali.does("hold", ali.pop["id"])
    town.wait(50)
    with town.engine.begin() as db:
        # Otherwise asked about because the talk has lasted a minute.
        db.execute(text("UPDATE engagements SET lease_until = lease_until + interval '1 hour'"))
    before = heartbeat(town, talk)
    town.wait(40)

    assert orders(town, "hold_leg")[0][0] == "failed"
    assert before < heartbeat(town, talk) < before + 300


def heartbeat(town, line):
    with town.engine.connect() as db:
        query = text("SELECT extract(epoch FROM heartbeat_due_at) AS due FROM legs WHERE call_id = :call")
        return float(db.execute(query, {"call": line.sid}).scalar_one())


def test_a_ring_that_the_carrier_fails_to_make_is_looked_for_and_another_offer_made(town, ali):
    town.carrier.mischief = outage("/Calls.json")
    call = in_line(town)
    town.wait(4)
    town.carrier.mischief = Mischief.none()
    ali.phone.rings(within=4).answer().press("1")

    call.joins_conference()
    assert orders(town, "ring_agent") == [("done", 2), ("done", 1)]
    assert town.facts().count("offer_failed") == 1
    assert len(ali.phone.lines) == 1


def test_a_ring_that_can_never_be_made_fails_its_offer_and_the_next_agent_is_rung(town, ali):
    birgit = town.agent("birgit", groups="omstilling")
    town.carrier.mischief = outage("/Calls.json", 400, 21211)
    call = in_line(town)
    town.wait(3)
    town.carrier.mischief = Mischief.none()
    birgit.ready()
    birgit.takes()

    call.joins_conference()
    assert told(town) == [{"kind": "ring_agent", "code": 21211}] * 2
    assert ali.state == "break"


def test_an_order_that_cannot_be_read_waits_for_one_who_can_and_then_fails(town, ali):
    town.is_dispatching = False
    call = in_line(town)
    spoil(town, "ring_agent")
    town.is_dispatching = True
    with capture_logs() as log:
        town.wait(40)
        assert orders(town, "ring_agent")[0][0] == "pending"
        ali.takes()
        town.wait(60)

    call.joins_conference()
    state, tries = orders(town, "ring_agent")[0]
    assert state == "failed"
    assert 10 <= tries <= 15
    assert told(town) == [{"kind": "ring_agent", "code": "ValidationError"}]
    assert len([line for line in log if line["event"] == "order_failed_inside"]) == tries
    assert never_began(town) == [("failed", True)]


def never_began(town):
    """The agents' lines that the carrier never knew: their status, and whether they are closed."""
    with town.engine.connect() as db:
        rows = db.execute(text("SELECT status, ended_at FROM legs WHERE call_id IS NULL")).all()
    return [(row.status, row.ended_at is not None) for row in rows]


@pytest.fixture
def links_that_cannot_fail(town):
    """The store refuses what follows from a failed text, as it would after a mistake of ours."""
    with town.engine.begin() as db:
        db.execute(text("ALTER TABLE links ADD CONSTRAINT sabotage CHECK (status <> 'failed')"))
    yield
    with town.engine.begin() as db:
        db.execute(text("ALTER TABLE links DROP CONSTRAINT sabotage"))


def test_where_nothing_can_follow_from_a_failure_the_order_ends_all_the_same(town, links_that_cannot_fail):
    town.carrier.mischief = outage("/Messages.json", 400, 21635)
    with capture_logs() as log:
        asks_for_link(town)
        town.wait(60)

    assert orders(town, "send_sms") == [("failed", 1)]
    assert [line["error"] for line in log if line["event"] == "order_failed_in_vain"] == ["IntegrityError"]


def test_while_the_carrier_is_out_of_reach_an_order_is_asked_for_less_and_less_often(town, ali, talk):
    town.carrier.mischief = outage("/Participants/", 429, 20429)
    ali.does("hold", ali.pop["id"])
    town.wait(50)
    town.carrier.mischief, tries = Mischief.none(), len(town.carrier.mischief.done)
    town.wait(10)

    assert 8 <= tries <= 13
    assert orders(town, "hold_leg") == [("done", 1)]


def test_a_claim_that_we_never_learnt_of_delays_the_caller_by_one_lease_and_blocks_nothing(town, ali):
    """The commit stood and its acknowledgement was lost: the order is leased to nobody, and may have been sent."""
    town.is_dispatching = False
    call = in_line(town)
    town.operations.run(dispatcher.claim)
    town.is_dispatching = True
    town.wait(SHORTEST_LEASE.total_seconds() - 1)
    assert ali.phone.lines == []
    ali.phone.rings(within=5).answer().press("1")

    call.joins_conference()
    assert orders(town, "ring_agent") == [("done", 2), ("done", 1)]
    assert [kind for kind in town.facts() if kind in ("offered", "offer_failed", "accepted")] == [
        "offered",
        "offer_failed",
        "offered",
        "accepted",
    ]
    assert orders(town, "move_call")[0][0] == "done"


def test_a_claim_of_a_move_that_we_never_learnt_of_is_repeated_after_its_lease(town, ali):
    call = in_line(town)
    line = ali.phone.rings().answer()
    line.hears("Tast 1")
    town.is_dispatching = False
    line.press("1")
    town.wait(0.5)
    claimed = town.operations.run(dispatcher.claim)
    town.is_dispatching = True
    call.joins_conference(within=lease("move_call").total_seconds() + 2)

    assert (claimed.kind, claimed.attempts) == ("move_call", 1)
    assert town.carrier.talks(call, line)


def test_fetching_somebody_who_has_just_hung_up_is_no_failure(town, ali, talk):
    """As at the end of every talk that the agent ends: the caller hangs up before being fetched for the goodbye."""
    town.carrier.mischief = outage("/Calls/", 400, 21220)

    with capture_logs() as log:
        ali.does("hang-up", town.contact().id)
        talk.hang_up()
        town.wait(30)

    assert told(town) == []
    assert {line["event"] for line in log} & {"order_refused", "order_given_up", "order_failed_inside"} == set()
    assert town.contact().line_ended_at is not None
    assert {state for state, _ in orders(town, "end_call")} == {"dropped"}
