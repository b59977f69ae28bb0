"""Whatever a caller, a carrier and the clock do: the machine never fails, and every call comes to a good end."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.flow import machine
from ivr.domain.flow.actions import (
    SPOKEN,
    Ask,
    DialPerson,
    Enqueue,
    ForgetCaller,
    HangUp,
    LeaveLine,
    Meet,
    PromiseCallback,
    Record,
    Say,
    SendLink,
    Spoken,
    Wait,
)
from ivr.domain.flow.events import (
    AgentFinished,
    Arrived,
    Broke,
    LineLost,
    MessageRecorded,
    NobodyIn,
    PersonAnswered,
    PersonUnreached,
    Pressed,
    Silence,
    Spoke,
    Unheard,
)
from ivr.domain.flow.facts import Crowd, Facts, LostPlace, Promised, Texting
from ivr.domain.flow.graph import Hold
from ivr.domain.flow.state import Place, State
from ivr.domain.heard import Candidate, Heard
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.callbacks import CallbackPolicy
from ivr.domain.routing.directory import Presence
from tests.domain.flow import town
from tests.domain.flow.town import (
    CLOSED,
    DAYTIME,
    EMPLOYEES,
    EN,
    GROUPS,
    LINE,
    NIGHT,
    NOW,
    OPEN,
    TOPICS,
    both,
    employee,
    texts,
)

RING_BACK = CallbackPolicy(offered_from=timedelta(minutes=1))
FLOW = replace(
    town.FLOW,
    holds={
        "borgerservice": Hold(
            messages=(both("Besked.", "News."),), longest_line=5, longest_wait=timedelta(minutes=20), callback=RING_BACK
        ),
        "omstilling": Hold(longest_line=0),
    },
)
PROMISED = Promised(
    callback="b1", entry="e2", group="borgerservice", topic="pas", language=EN, until=NOW + timedelta(hours=1)
)
LOST = LostPlace(entry="e1", contact="c1", group="borgerservice", topic="pas")
ENDS = (Ask, Wait, Meet, DialPerson, Record, HangUp)

entries = st.sampled_from([*EMPLOYEES, "department:byg", "department:stab", "department:gone", "gone"])
heards = st.builds(
    Heard,
    words=st.text(max_size=5),
    candidates=st.lists(
        st.builds(
            Candidate,
            topic=st.sampled_from([*(topic.id for topic in TOPICS), "unknown"]),
            confidence=st.sampled_from([0.0, 0.3, 0.45, 0.6, 0.71, 0.9, 1.0]),
        ),
        max_size=4,
    ).map(tuple),
    entries=st.one_of(st.just(()), st.lists(entries, max_size=3, unique=True).map(tuple)),
    danger=st.sampled_from([False] * 9 + [True]),
    affirms=st.sampled_from([None, None, True, False]),
    wants_person=st.sampled_from([False, False, False, True]),
)
keys = st.one_of(
    st.sampled_from("0123456789*#"),
    st.sampled_from(["20123456", "0046701234567#", "90123456", "112", "0#", "9#", "12", "**"]),
)
any_event = st.one_of(
    keys.map(Pressed),
    heards.map(Spoke),
    st.just(Silence()),
    st.sampled_from(
        [
            LineLost(),
            NobodyIn(),
            AgentFinished(),
            Broke(),
            Unheard("lost"),
            PersonAnswered(),
            PersonUnreached(),
            MessageRecorded("https://carrier.example/r/1", 5),
            Arrived(),
        ]
    ),
)


@st.composite
def some_facts(draw) -> Facts:
    door = st.sampled_from([OPEN, CLOSED, replace(CLOSED, opens_at=None), replace(CLOSED, reason="Grundlovsdag")])
    people = [
        employee(
            id,
            draw(st.sampled_from(["byg", "stab", "gone"])),
            draw(st.sampled_from(Presence)),
            phone=draw(st.sampled_from([None, "+4572001240"])),
            until=draw(st.sampled_from([None, NOW - timedelta(hours=1), NOW + timedelta(days=9)])),
        )
        for id in draw(st.lists(st.sampled_from([*EMPLOYEES, "new"]), unique=True))
    ]
    return replace(
        DAYTIME,
        line=draw(door),
        openings={group: draw(door) for group in GROUPS},
        texting=draw(st.sampled_from(Texting)),
        notices=draw(st.sampled_from([(), (both("Besked.", "Notice."),), ({},)])),
        topic_notices=draw(st.sampled_from([{}, {"pas": (both("Om pas.", "About it."),)}])),
        employees={person.id: person for person in people},
        position=draw(st.sampled_from([None, 1, 2, 7])),
        wait_minutes=draw(st.sampled_from([None, (1, 1), (1, 2), (10, 20)])),
        lost_place=draw(st.sampled_from([None, LOST, replace(LOST, topic=None, is_our_fault=True)])),
        promised=draw(st.sampled_from([(), (), (PROMISED,), (replace(PROMISED, topic=None, until=NOW),)])),
        rings_back=draw(st.sampled_from([None, PhoneNumber("+4520123456")])),
        able=draw(st.sampled_from([None, 0, 1, 4])),
        waited=draw(st.sampled_from([None, timedelta(minutes=1), timedelta(minutes=40)])),
        crowds={
            group: Crowd(waiting=draw(st.sampled_from([0, 9])), is_deserted=draw(st.booleans()))
            for group in draw(st.lists(st.sampled_from(list(GROUPS)), unique=True))
        },
    )


few_facts = st.lists(some_facts(), min_size=1, max_size=3)


def can_come(event, was_in_line: bool) -> bool:
    """Agents lose lines and finish talks only with callers whom they got from the line."""
    return was_in_line or not isinstance(event, LineLost | AgentFinished)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(any_event, st.integers(0, 2)), max_size=25), few_facts)
def test_any_sequence_of_events_keeps_every_promise(events, facts_list):
    state, is_in_line, best = machine.begin(LINE), False, (99, 99)
    for event, index in [(Arrived(), 0), *events]:
        facts = facts_list[index % len(facts_list)]
        if not can_come(event, is_in_line):
            continue
        before = state

        state, actions = machine.advance(FLOW, state, event, facts)

        spoken = tuple(action for action in actions if isinstance(action, Spoken))
        deeds = tuple(action for action in actions if not isinstance(action, Spoken))
        check_spoken(state, spoken, facts)
        is_in_line = check_deeds(before, state, deeds, facts, is_in_line) and not isinstance(event, AgentFinished)
        assert is_in_line == state.in_line
        best = check_wait(state, event, deeds, best, spoken)


def check_spoken(state: State, spoken: tuple[Spoken, ...], facts: Facts) -> None:
    assert isinstance(spoken[-1], ENDS)
    assert all(isinstance(action, Say) for action in spoken[:-1])
    assert SPOKEN.validate_json(SPOKEN.dump_json(spoken)) == spoken
    for say in texts(spoken):
        assert say.text.strip()
        assert say.language in LINE.languages
        assert "{" not in say.text
    assert state.language in LINE.languages
    assert (spoken[-1] == HangUp()) == (state.place is Place.OVER)
    assert State.from_json(state.to_json()) == state
    assert machine.again(FLOW, state, facts) == machine.again(FLOW, State.from_json(state.to_json()), facts)
    assert type(machine.again(FLOW, state, facts)[-1]) is type(spoken[-1])
    assert len(state.trail) <= 8
    assert state.mobile is None or state.place is Place.MOBILE_CONFIRM


def check_deeds(before: State, after: State, deeds: tuple, facts: Facts, is_in_line: bool) -> bool:
    for deed in deeds:
        match deed:
            case Enqueue():
                assert not is_in_line
                assert facts.openings[deed.group].is_open
                assert deed.place_of is None or facts.lost_place is not None or facts.promised
                assert deed.topic is None or deed.group == FLOW.topics[deed.topic].group or deed.skills == ()
                is_in_line = True
            case LeaveLine():
                assert is_in_line
                is_in_line = False
            case PromiseCallback():
                assert is_in_line
                assert facts.rings_back is not None
                assert deed.until > facts.now
                is_in_line = False
            case SendLink():
                topic = FLOW.topics[deed.topic]
                assert topic.link
                assert topic.kind != "urgent"
                assert not topic.anonymous
                assert facts.texting is not Texting.NEVER
                assert deed.topic not in before.links_sent
                assert not before.recalled
                assert deed.to is None or deed.to.startswith("+")
            case ForgetCaller():
                assert FLOW.topics[after.topic].anonymous
    return is_in_line


def check_wait(state: State, event, deeds, best: tuple[int, int], spoken) -> tuple[int, int]:
    """What was said of the wait never grows without a cause that is said."""
    if isinstance(event, LineLost) or any(isinstance(deed, Enqueue | LeaveLine) for deed in deeds) or not state.in_line:
        best = (99, 99)
    if state.said_position is not None:
        assert state.said_position <= best[0]
        best = (state.said_position, best[1])
    if any(say.text in FLOW.words["wait_longer"].values() for say in texts(spoken)):
        best = (best[0], 99)
    if state.said_wait is not None:
        assert state.said_wait[1] <= best[1]
        best = (best[0], state.said_wait[1])
    return best


failures = st.sampled_from([Silence(), Spoke(Heard(words="volapyk")), Pressed("#")])


@settings(max_examples=200, deadline=None)
@given(st.lists(any_event, max_size=12), st.lists(failures, min_size=9, max_size=9), st.sampled_from([DAYTIME, NIGHT]))
def test_whoever_is_not_understood_from_any_place_soon_reaches_a_person_or_a_goodbye(events, failing, facts):
    state = walked(events, facts)

    for event in failing:
        only_silence_can_come = state.place in (Place.DIALLING, Place.MESSAGE)
        state, _ = machine.advance(FLOW, state, Silence() if only_silence_can_come else event, facts)

    assert state.in_line or state.place is Place.OVER


def walked(events, facts: Facts) -> State:
    state = machine.begin(LINE)
    for event in [Arrived(), *events]:
        if can_come(event, state.in_line):
            state, _ = machine.advance(FLOW, state, event, facts)
    return state


@settings(max_examples=200, deadline=None)
@given(st.lists(any_event, max_size=12), st.sampled_from([DAYTIME, NIGHT]))
def test_zero_always_ends_with_a_person_or_an_honest_closed(events, facts):
    state = walked(events, facts)

    state, _ = machine.advance(FLOW, state, Pressed("0"), facts)

    assert state.in_line or state.place in (Place.CLOSED, Place.LINE_FULL, Place.DIALLING, Place.OVER)


@settings(max_examples=200, deadline=None)
@given(st.lists(any_event, max_size=12), few_facts)
def test_zero_at_a_full_line_is_the_line(events, facts_list):
    facts = facts_list[0]
    state = walked(events, facts)
    for _ in range(3):  # another group may be closed, and told first
        state, _ = machine.advance(FLOW, state, Pressed("0"), facts)

    assert state.place is not Place.LINE_FULL


@settings(max_examples=200, deadline=None)
@given(st.lists(any_event, max_size=15), st.integers(9, 15))
def test_nine_pressed_often_enough_leads_to_the_open_question_or_asks_about_leaving_the_line(events, times):
    state = walked(events, DAYTIME)

    for _ in range(times):
        state, _ = machine.advance(FLOW, state, Pressed("9"), DAYTIME)

    assert state.place in (Place.QUESTION, Place.OVER)
