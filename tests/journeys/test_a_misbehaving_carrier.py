"""A busy hour with a carrier that loses, doubles, delays and crosses what it should send: nobody is lost, no ghosts.

Callers and agents act by seed. Whatever happened on the way, once everybody has gone home every call has exactly one
outcome, no agent is busy with nobody, and nothing live refers to an ended contact.
"""

import random

import pytest
from sqlalchemy import text

from ivr.simulator.mischief import Mischief
from tests.journeys.test_queue_to_wrap_up import talking
from tests.kit.town import open_town

_WORDS = (
    "jeg skal have nyt pas",
    "min skraldespand er ikke tømt",
    "sygedagpenge",
    "volapyk",
    "jeg vil tale med Birgit",
)


def live_through(town, seed: int, minutes: int = 8) -> None:
    chance = random.Random(seed)
    desks = [
        town.agent(f"agent{n}", groups="omstilling;borgerservice;arbejdsmarked", skills="pas:3;sygedagpenge:3")
        for n in range(3)
    ]
    for desk in desks:
        desk.ready()
        chance.choice([desk.phone.answers, desk.phone.answers, desk.phone.no_answer, desk.phone.declines])()
    lines = []
    for _ in range(minutes * 6):
        if len([line for line in lines if line.is_live]) < 6:
            lines.append(town.carrier.phone(f"+45203040{chance.randrange(100):02d}").dial("+4572001234"))
        for line in lines:
            if line.is_live:
                act(line, chance)
        for desk in desks:
            agent_acts(desk, chance)
        town.wait(chance.choice((3, 10, 10, 17)))
    for line in lines:
        if line.is_live:
            line.hang_up()
    for desk in desks:
        for line in desk.phone.lines:
            if line.is_live:
                line.hang_up()


def act(line, chance) -> None:
    match chance.randrange(8):
        case 0:
            line.hang_up()
        case 1:
            line.drop()
        case 2 | 3:
            line.press(chance.choice("0012349*"))
        case 4:
            line.say(chance.choice(_WORDS))


def agent_acts(desk, chance) -> None:
    for line in desk.phone.lines:
        if line.is_live and line.state == "in-progress":
            if chance.random() < 0.7 and line.in_conference is None:
                line.press("1")
            elif chance.random() < 0.2:
                chance.choice([line.hang_up, line.drop])()
    state = desk.state
    if state == "wrap_up" and chance.random() < 0.6:
        contact = desk.ask("GET", "/me/contact")
        if contact is not None and contact["state"] == "wrap_up":
            desk.does("wrap-up", contact["id"], {"resolved": chance.choice(("yes", "no"))})
    if state in ("break", "offline") and chance.random() < 0.7:
        desk.wishes("ready")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(2))
def test_nobody_is_lost_and_no_ghost_is_left(engine, database_url, tmp_path, seed):
    with open_town(database_url, tmp_path, mischief=Mischief.some(seed, share=0.08)) as town:
        live_through(town, seed)
        # The bad day goes on: what was left wrong has to be put right through the same losses.
        town.wait_long(400, look_each=2)

        with town.engine.connect() as db:
            open_contacts = db.execute(text("SELECT count(*) FROM contacts WHERE ended_at IS NULL")).scalar_one()
            busy = db.execute(
                text("SELECT username, state FROM agents WHERE state IN ('offered', 'talking', 'wrap_up')")
            ).all()
            outcomes = db.execute(text("SELECT count(*) FROM contacts WHERE outcome IS NOT NULL")).scalar_one()
            ends = db.execute(
                text("SELECT count(*) FROM events WHERE kind = 'ended' GROUP BY contact_id HAVING count(*) <> 1")
            ).all()
        assert (open_contacts, busy, ends) == (0, [], [])
        assert outcomes > 10


@pytest.mark.parametrize("seed", [2, 3, 7])
def test_the_desk_shows_what_the_caller_hears_however_late_and_often_the_carrier_tells_of_it(town, seed):
    ali = town.agent("ali", groups="omstilling").ready()
    call, _ = talking(town, ali)
    chance = random.Random(seed)
    town.carrier.mischief = Mischief(
        seed=seed, delay_callback=0.6, double_callback=0.4, drop_callback=0.2, lose_rest_reply=0.3
    )
    for wish in ("hold", "resume") * 3:
        ali.does(wish, ali.pop["id"])
        town.wait(chance.choice((0.5, 1, 3)))
    # A reply that was lost is noticed when the order's lease runs out, and several may be lost after each other.
    town.wait(90)

    assert (ali.pop["on_hold"], call.is_held) == (False, False)
