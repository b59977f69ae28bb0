"""Facts to exactly one outcome."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.contacts.facts import Fact
from ivr.domain.contacts.outcome import Outcome, outcome_of, took_link_in_line

F, Out = Fact, Outcome


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ([], Out.ABANDONED_IN_MENU),
        ([F.CALL_STARTED, F.HEARD, F.NOT_UNDERSTOOD, F.CALL_ENDED], Out.ABANDONED_IN_MENU),
        ([F.TOPIC_CHOSEN, F.ANSWER_GIVEN], Out.ANSWERED_BY_MACHINE),
        ([F.ANSWER_GIVEN, F.LINK_OFFERED, F.LINK_DECLINED, F.HELPED], Out.ANSWERED_BY_MACHINE),
        ([F.ANSWER_GIVEN, F.LINK_REQUESTED, F.HELPED], Out.LINK_SENT),
        ([F.ANSWER_GIVEN, F.LINK_REQUESTED, F.LINK_FAILED], Out.ANSWERED_BY_MACHINE),
        ([F.LINK_REQUESTED, F.LINK_FAILED, F.LINK_REQUESTED], Out.LINK_SENT),
        ([F.ANSWER_GIVEN, F.LINK_REQUESTED, F.NOT_HELPED, F.QUEUED, F.ABANDONED], Out.ABANDONED_IN_QUEUE),
        ([F.ANSWER_GIVEN, F.LINK_REQUESTED, F.QUEUED, F.ABANDONED], Out.ABANDONED_IN_QUEUE),
        ([F.ANSWER_GIVEN, F.LINK_REQUESTED, F.NOT_HELPED, F.CLOSED_HEARD], Out.CLOSED),
        ([F.ANSWER_GIVEN, F.LINK_REQUESTED, F.NOT_HELPED, F.QUEUED, F.LEFT_LINE], Out.ABANDONED_IN_MENU),
        ([F.ANSWER_GIVEN, F.NOT_HELPED, F.QUEUED, F.LINK_REQUESTED, F.LEFT_LINE], Out.LINK_SENT),
        ([F.ANSWER_GIVEN, F.NOT_HELPED, F.QUEUED, F.LEFT_LINE, F.ANSWER_GIVEN], Out.ANSWERED_BY_MACHINE),
        ([F.QUEUED, F.ABANDONED], Out.ABANDONED_IN_QUEUE),
        ([F.ANSWER_GIVEN, F.NOT_HELPED, F.QUEUED, F.ABANDONED], Out.ABANDONED_IN_QUEUE),
        ([F.ANSWER_GIVEN, F.QUEUED, F.ABANDONED], Out.ABANDONED_IN_QUEUE),
        ([F.QUEUED, F.LINK_REQUESTED, F.LEFT_LINE], Out.LINK_SENT),
        ([F.QUEUED, F.LEFT_LINE], Out.ABANDONED_IN_MENU),
        ([F.CLOSED_HEARD], Out.CLOSED),
        ([F.CLOSED_HEARD, F.ANSWER_GIVEN], Out.ANSWERED_BY_MACHINE),
        ([F.ANSWER_GIVEN, F.NOT_HELPED, F.CLOSED_HEARD], Out.CLOSED),
        ([F.CLOSED_HEARD, F.LINK_REQUESTED], Out.LINK_SENT),
        ([F.CLOSED_HEARD, F.MESSAGE_LEFT], Out.MESSAGE_LEFT),
        ([F.PERSON_DIALLED, F.PERSON_REACHED], Out.TRANSFERRED_OUT),
        ([F.PERSON_DIALLED, F.PERSON_UNREACHED, F.MESSAGE_LEFT], Out.MESSAGE_LEFT),
        ([F.PERSON_DIALLED, F.PERSON_UNREACHED], Out.ABANDONED_IN_MENU),
        ([F.FAILED_INSIDE], Out.FAILED),
        ([F.FAILED_INSIDE, F.QUEUED, F.ABANDONED], Out.ABANDONED_IN_QUEUE),
    ],
)
def test_what_was_done_last_for_the_caller_counts(facts, outcome):
    assert outcome_of(facts, resolved=None) is outcome
    assert outcome_of(facts, resolved="yes") is outcome


@pytest.mark.parametrize(
    ("facts", "took"),
    [
        ([F.QUEUED, F.LINK_REQUESTED], True),
        ([F.LINK_REQUESTED, F.NOT_HELPED, F.QUEUED], False),
        ([F.LINK_REQUESTED, F.QUEUED], False),
        ([F.LINK_REQUESTED, F.NOT_HELPED, F.QUEUED, F.LINK_REQUESTED], True),
        ([F.QUEUED, F.LINK_REQUESTED, F.LEFT_LINE, F.QUEUED], False),
        ([F.QUEUED, F.LINK_REQUESTED, F.LINK_FAILED], False),
        ([F.QUEUED], False),
    ],
)
def test_only_a_link_taken_while_in_line_excuses_leaving_it(facts, took):
    assert took_link_in_line(facts) is took


@pytest.mark.parametrize(
    ("resolved", "outcome"), [("yes", Out.SETTLED_BY_AGENT), ("no", Out.NOT_SETTLED), (None, Out.NOT_SETTLED)]
)
@given(before=st.lists(st.sampled_from(Fact)), after=st.lists(st.sampled_from(Fact)))
def test_a_talk_outranks_everything_and_the_agents_word_decides(resolved, outcome, before, after):
    assert outcome_of([*before, F.CONNECTED, *after], resolved=resolved) is outcome


@given(st.lists(st.sampled_from([fact for fact in Fact if fact is not F.CONNECTED])))
def test_nobody_is_settled_by_an_agent_without_having_talked(facts):
    outcome = outcome_of(facts, resolved="yes")

    assert outcome not in (Out.SETTLED_BY_AGENT, Out.NOT_SETTLED)
