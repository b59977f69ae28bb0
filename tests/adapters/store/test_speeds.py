"""How each line stands, as the sweep measures it once a second."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event, insert, text

from ivr.adapters.store import events, speeds
from ivr.adapters.store.agents import agent_groups, agent_skills, agents
from ivr.adapters.store.speeds import WHOLE_GROUP, Speed
from ivr.domain.routing.estimate import Pace
from ivr.domain.routing.needs import Needs
from tests.adapters.store.rows import TEN, a_contact, an_agent, an_engagement, an_entry, at

BORGERSERVICE = "borgerservice"
ANYBODY = Needs(groups=(BORGERSERVICE,))
PASSPORTS = Needs(groups=(BORGERSERVICE,), skills=(("pas", 3),))
WITH_HELP = Needs(groups=(BORGERSERVICE, "omstilling"), skills=(("pas", 3), ("engelsk", 1)), agent="somebody")


@pytest.fixture
def db(engine: Engine):
    with engine.connect() as db:
        yield db


def staff(db: Connection, state: str = "ready", groups: tuple[str, ...] = (BORGERSERVICE,), **skills: int) -> str:
    agent = an_agent(db, state=state)
    db.execute(insert(agent_groups), [{"agent_id": agent, "group_id": group} for group in groups])
    if skills:
        db.execute(
            insert(agent_skills), [{"agent_id": agent, "skill": skill, "level": skills[skill]} for skill in skills]
        )
    return agent


def waits(db: Connection, needs: Needs = ANYBODY, **values) -> str:
    contact = a_contact(db)
    an_entry(db, contact, **{"needs": needs.key, **values})
    return contact


def handled(db: Connection, *, minutes: float, waited: float = 60, ago: float = 600, **values) -> None:
    """A call that came to its end `ago` seconds before ten."""
    contact = a_contact(db)
    ended = at(seconds=-ago)
    began = ended - timedelta(minutes=minutes)
    entry = an_entry(
        db, contact, state="closed", entered_at=began - timedelta(seconds=waited), connected_at=began, **values
    )
    times = {
        "offered_at": began,
        "accepted_at": began,
        "connected_at": began,
        "talk_ended_at": ended,
        "ended_at": ended,
    }
    an_engagement(db, agent=an_agent(db), entry=entry, contact=contact, state="done", **times)


def goes(db: Connection, agent: str, state: str) -> None:
    db.execute(agents.update().where(agents.c.id == agent).values(state=state))


def measured(db: Connection, seconds: float = 0) -> dict[tuple[str, str], Speed]:
    speeds.rewrite(db, at(seconds=seconds))
    return dict(speeds.by_list(db, at(seconds=seconds)))


def test_whoever_is_signed_in_counts_for_the_lists_whose_skills_they_have(db: Connection):
    staff(db, "talking", pas=3, engelsk=1)
    staff(db, "wrap_up", pas=2)
    staff(db, "ready")
    staff(db, "break", pas=5)
    staff(db, "offline", pas=5)
    staff(db, "ready", ("omstilling",), pas=5, engelsk=2)
    for needs in (ANYBODY, PASSPORTS, WITH_HELP):
        waits(db, needs)

    found = measured(db)

    counted = {needs: (speed.pace.able, speed.pace.staffed) for (_, needs), speed in found.items()}
    assert {needs.key: counted[needs.key] for needs in (ANYBODY, PASSPORTS, WITH_HELP)} == {
        ANYBODY.key: (3, 3),
        PASSPORTS.key: (1, 3),
        WITH_HELP.key: (2, 4),
    }
    assert found[BORGERSERVICE, WHOLE_GROUP].pace.staffed == 3


def test_what_was_handled_lately_tells_how_long_a_call_takes_and_what_those_just_answered_had_waited(db: Connection):
    for minutes, waited in ((2, 60), (4, 120)):
        handled(db, minutes=minutes, waited=waited)
    handled(db, minutes=3, waited=1, queue_class=0)  # urgent: no measure of anybody else's wait
    handled(db, minutes=3, waited=900, ago=3600)  # answered too long ago to tell of the line now
    handled(db, minutes=90, ago=3 * 3600)  # of another part of the day

    pace = measured(db)[BORGERSERVICE, WHOLE_GROUP].pace

    assert pace == Pace(handled=4, handle_seconds=180, wait_seconds=90, able=0, staffed=0)


def test_who_stands_where_is_told_for_the_group_and_for_each_list(db: Connection):
    for number, needs in enumerate((ANYBODY, PASSPORTS, ANYBODY)):
        waits(db, needs, rank_at=at(seconds=number))
    waits(db, PASSPORTS, state="callback", rank_at=at(seconds=9))

    places = {needs: speed.places for (_, needs), speed in measured(db).items()}

    assert (places[WHOLE_GROUP].last, places[ANYBODY.key].last, places[PASSPORTS.key].last) == (4, 2, 2)
    last = (2, at(seconds=9).timestamp())
    assert (places[WHOLE_GROUP].place(last), places[PASSPORTS.key].place(last)) == (4, 2)


def test_that_somebody_left_is_remembered_and_how_long_ago(db: Connection):
    ali, birgit = staff(db), staff(db)
    waits(db)
    left = [measured(db)[BORGERSERVICE, ANYBODY.key].pace.since_left]

    goes(db, ali, "break")
    left.append(measured(db, 1)[BORGERSERVICE, ANYBODY.key].pace.since_left)
    goes(db, ali, "ready")
    left.append(measured(db, 20)[BORGERSERVICE, ANYBODY.key].pace.since_left)
    goes(db, birgit, "offline")
    left.append(measured(db, 30)[BORGERSERVICE, ANYBODY.key].pace.since_left)

    assert left == [None, timedelta(0), timedelta(seconds=19), timedelta(0)]


def told(db: Connection, contact: str, seconds: float) -> None:
    events.append(
        db,
        [
            {
                "at": at(seconds=seconds),
                "contact_id": contact,
                "kind": "nobody_in",
                "leg_id": None,
                "agent_id": None,
                "data": {},
            }
        ],
    )


def left_alone(db: Connection, seconds: float) -> tuple[str, ...]:
    measured(db, seconds)
    return speeds.left_alone(db, at(seconds=seconds), 10)


def test_when_the_last_agent_leaves_those_who_wait_are_found_until_they_have_been_told(db: Connection):
    ali = staff(db)
    karen, ordinary = waits(db, queue_class=1, rank_at=at(seconds=5)), waits(db)
    waits(db, state="callback")
    assert left_alone(db, 0) == ()

    goes(db, ali, "offline")
    assert left_alone(db, 1) == (karen, ordinary)
    told(db, karen, 1.5)
    assert left_alone(db, 2) == (ordinary,)


def test_whoever_joined_a_moment_before_the_last_agent_left_is_found_too(db: Connection):
    ali = staff(db)
    measured(db)

    karen = waits(db, entered_at=at(seconds=0.5))
    goes(db, ali, "offline")

    assert left_alone(db, 1) == (karen,)


def test_a_caller_for_a_group_that_nobody_has_been_in_today_waits_for_the_first_to_sign_in(db: Connection):
    waits(db)
    measured(db)

    assert left_alone(db, 1) == ()


def test_who_comes_back_and_leaves_again_is_news_again(db: Connection):
    ali = staff(db)
    karen = waits(db)
    measured(db)
    goes(db, ali, "break")
    assert left_alone(db, 1) == (karen,)
    told(db, karen, 1.5)
    goes(db, ali, "ready")
    assert left_alone(db, 2) == ()

    goes(db, ali, "offline")

    assert left_alone(db, 3) == (karen,)


def test_a_list_that_nobody_can_take_but_whose_group_is_there_is_not_left_alone(db: Connection):
    paula, ali = staff(db, pas=3), staff(db)
    waits(db, PASSPORTS)
    measured(db)

    goes(db, paula, "offline")

    assert left_alone(db, 1) == ()
    assert measured(db, 2)[BORGERSERVICE, PASSPORTS.key].pace.able == 0
    goes(db, ali, "offline")
    assert len(left_alone(db, 3)) == 1


def test_a_group_that_everybody_has_left_is_known_as_deserted_to_whoever_joins_it_next(db: Connection):
    handled(db, minutes=3)
    ali = staff(db)
    assert not measured(db)[BORGERSERVICE, WHOLE_GROUP].is_deserted

    goes(db, ali, "offline")

    assert measured(db, 1)[BORGERSERVICE, WHOLE_GROUP].is_deserted
    assert measured(db, 60)[BORGERSERVICE, WHOLE_GROUP].is_deserted


def test_a_measurement_that_is_ten_seconds_old_tells_nothing(db: Connection):
    waits(db)
    measured(db)

    assert not speeds.by_list(db, at(seconds=11))


_MANY = """
WITH callers AS (
    INSERT INTO contacts (id, line, plan_version, language, started_at)
    SELECT gen_random_uuid(), 'main', 'v1', 'da', :now FROM generate_series(1, 5000) RETURNING id)
INSERT INTO queue_entries (id, contact_id, group_id, state, queue_class, needs, asked, language, entered_at, rank_at)
SELECT gen_random_uuid(), id, 'borgerservice', 'waiting', 2, :needs, '{}', 'da', :now, :now + random() * interval '1 hour'
FROM callers
"""


def test_however_many_wait_it_is_one_statement_that_measures_and_the_table_stays_small(db: Connection):
    staff(db, pas=5)
    db.execute(text(_MANY), {"now": TEN, "needs": PASSPORTS.key})
    statements: list[str] = []
    event.listen(db, "before_cursor_execute", lambda *sent: statements.append(sent[2]))

    speeds.rewrite(db, at(seconds=1))

    assert [statement.split()[0] for statement in statements] == ["SELECT", "WITH", "DELETE"]
    found = speeds.by_list(db, at(seconds=1))
    assert set(found) == {(BORGERSERVICE, WHOLE_GROUP), (BORGERSERVICE, PASSPORTS.key)}
    assert all(speed.places.last == 5000 and len(speed.places.numbers) < 300 for speed in found.values())
