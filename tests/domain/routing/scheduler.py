"""Callers, agents, matchers and a carrier that loses, repeats and delays its reports, interleaved at random.

The policy and the moves of agents and engagements are the real ones. What the store does is modelled as the statements that
it would run: each is whole, and anything may happen between two of them. After each step the promises of routing are
looked at; a broken one is raised with the seed and the step. By hand: `python -m tests.domain.routing.scheduler 10000000 1`.
"""

import random
import sys
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ivr.domain.routing.agents import BUSY, HUMAN_MOVES, AgentMove, AgentState, move
from ivr.domain.routing.engagements import AGENT_STANDS, HOLDS_ENTRY, LIVE, EngagementState, check_move
from ivr.domain.routing.groups import Group, ServiceTarget, Strategy
from ivr.domain.routing.needs import Needs
from ivr.domain.routing.policy import Ready, Waiting, can_take, choose, in_order
from ivr.domain.routing.queue import LINE, EntryState, QueueClass

T = TypeVar("T")

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
GROUPS = {
    id: Group(id=id, name={}, hours="always", target=ServiceTarget(within=timedelta(seconds=60)), strategy=strategy)
    for id, strategy in zip(("byg", "pas", "vagt"), Strategy, strict=False)
}
AGENTS, MOST_CALLERS = 6, 8
RING, LOOK, RECONCILE, APART = 20.0, 1.0, 30.0, 2.0
"""Seconds: an offer's lease, between two sweeps, until a lost report is missed, and how long two who could meet may be apart."""


class Broken(AssertionError):
    """A promise of routing does not hold."""


@dataclass
class Call:
    """A caller's place in line, and whether the caller is really still there."""

    waiting: Waiting
    state: EntryState = EntryState.WAITING
    hung_up_at: float | None = None
    outcomes: list[EntryState] = field(default_factory=list)


@dataclass
class Worker:
    """An agent as the store has it."""

    id: str
    groups: frozenset[str]
    skills: dict[str, int]
    state: AgentState = AgentState.OFFLINE
    wanted: AgentState = AgentState.OFFLINE
    idle_since: datetime = START

    def ready(self) -> Ready:
        return Ready(agent=self.id, groups=self.groups, skills=self.skills, idle_since=self.idle_since)


@dataclass
class Offer:
    """An engagement."""

    call: Call
    worker: Worker
    until: float
    state: EngagementState = EngagementState.RINGING
    is_committed: bool = False

    def becomes(self, state: EngagementState) -> None:
        check_move(self.state, state)
        self.state = state


class Town:
    """Everything there is. `claims` says whether rows are claimed by condition, as they must be."""

    def __init__(self, seed: int, *, claims: bool = True, reports_are_good: bool = False) -> None:
        self.chance = random.Random(seed)
        self.seconds = 0.0
        self.calls: list[Call] = []
        self.workers = [self._worker(number) for number in range(AGENTS)]
        self.offers: list[Offer] = []
        self.reports: list[Call] = []
        self.ended = 0
        self._claims, self._reports_are_good = claims, reports_are_good
        self._numbers = iter(range(sys.maxsize))
        self._matching: Iterator[None] | None = None
        self._asked_to_match = False
        self._swept_at = 0.0
        self._could_meet: dict[tuple[str, str], float] = {}
        self._deeds: list[tuple[Callable[[], None], int]] = [
            (self.arrives, 6),
            (self.hangs_up, 3),
            (self.reported, 8),
            (self.wishes, 3),
            (self.accepts, 6),
            (self.declines, 2),
            (self.lets_go, 4),
            (self.wraps_up, 4),
            (self.matches, 12),
            (self.time_passes, 12),
        ]

    def _worker(self, number: int) -> Worker:
        groups = frozenset(self.chance.sample(sorted(GROUPS), 2))
        return Worker(id=f"agent-{number}", groups=groups, skills={"passport": number % 5 + 1})

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def step(self) -> None:
        """Something happens; then all promises hold."""
        deeds, weights = zip(*self._deeds, strict=True)
        self.chance.choices(deeds, weights)[0]()
        self._promises()

    def evening(self) -> None:
        """Nobody calls any more, everybody hangs up, all reports are lost, and every agent wants to be ready."""
        self.reports.clear()
        for call in self.calls:
            call.hung_up_at = call.hung_up_at or self.seconds
        for worker in self.workers:
            worker.wanted = AgentState.READY
            if worker.state not in BUSY:
                self._moves(worker, HUMAN_MOVES[AgentState.READY])
        until = self.seconds + 2 * RECONCILE
        while self.seconds < until:
            self.time_passes()
            self.wraps_up()
            self._promises()

    # What people do.

    def arrives(self) -> None:
        if len(self.calls) >= MOST_CALLERS:
            return
        groups = tuple(self.chance.sample(sorted(GROUPS), self.chance.choice((1, 1, 2))))
        skills = self.chance.choice(((), (("passport", self.chance.randint(1, 4)),)))
        waiting = Waiting(
            entry=f"entry-{next(self._numbers):09d}",
            group=groups[0],
            queue_class=self.chance.choice((QueueClass.URGENT, *[QueueClass.ORDINARY] * 5)),
            rank_at=self.now,
            needs=Needs(groups=groups, skills=skills),
        )
        self.calls.append(Call(waiting))
        self._asked_to_match = True

    def hangs_up(self) -> None:
        call = self._any(call for call in self.calls if call.hung_up_at is None)
        if call is not None:
            call.hung_up_at = self.seconds
            times = 1 if self._reports_are_good else self.chance.choice((0, 1, 1, 1, 2))
            self.reports += [call] * times

    def wishes(self) -> None:
        worker = self.chance.choice(self.workers)
        worker.wanted = self.chance.choice([AgentState.READY] * 4 + [AgentState.BREAK, AgentState.OFFLINE])
        if worker.state not in BUSY:
            self._moves(worker, HUMAN_MOVES[worker.wanted])

    def accepts(self) -> None:
        offer = self._offer(EngagementState.RINGING)
        if offer is not None:
            offer.becomes(EngagementState.ACCEPTED)
            offer.becomes(EngagementState.CONNECTED)
            self._moves(offer.worker, AgentMove.OFFER_ACCEPTED)
            offer.call.state = EntryState.CONNECTED

    def declines(self) -> None:
        offer = self._offer(EngagementState.RINGING)
        if offer is not None:
            self._missed(offer, EngagementState.DECLINED)

    def lets_go(self) -> None:
        offer = self._offer(EngagementState.CONNECTED)
        if offer is not None:
            self._talk_ends(offer)

    def wraps_up(self) -> None:
        offer = self._offer(EngagementState.WRAP_UP)
        if offer is not None:
            offer.becomes(EngagementState.DONE)
            self._moves(offer.worker, AgentMove.WRAP_UP_DONE)

    # What the engine does.

    def reported(self) -> None:
        """A report of the carrier's is taken in, any of those that are under way."""
        if self.reports:
            self._call_is_over(self.reports.pop(self.chance.randrange(len(self.reports))))

    def matches(self) -> None:
        """The matcher whose turn it is goes on by one statement."""
        if self._matching is None and self._asked_to_match:
            self._asked_to_match = False
            self._matching = self._match()
        if self._matching is not None and next(self._matching, self) is self:
            self._matching = None

    def time_passes(self) -> None:
        """A matching takes no second; leases run out, the sweep and the reconciler look."""
        while self._matching is not None or (self._asked_to_match and self.seconds - self._swept_at >= LOOK / 2):
            self.matches()
        self.seconds += self.chance.uniform(0.05, 0.5)
        for offer in list(self.offers):
            if offer.is_committed and offer.state is EngagementState.RINGING and offer.until <= self.seconds:
                self._missed(offer, EngagementState.NO_ANSWER)
        if self.seconds - self._swept_at >= LOOK:
            self._swept_at = self.seconds
            self._asked_to_match = True
        for call in list(self.calls):
            if call.hung_up_at is not None and self.seconds - call.hung_up_at > RECONCILE:
                self._call_is_over(call)
        self._nobody_is_kept_apart()

    def _match(self) -> Iterator[None]:
        while not (yield from self._all_were_there()):
            yield
        for offer in self.offers:
            offer.is_committed = True

    def _all_were_there(self) -> Generator[None, None, bool]:
        """One look and its offers; False when somebody was gone, and it has to be looked again."""
        in_line = [call for call in self.calls if call.state in LINE]
        yield
        able = [worker.ready() for worker in self.workers if worker.state is AgentState.READY]
        waiting = [call.waiting for call in in_line]
        for match in choose(waiting, lambda contact: in_order(able, contact, GROUPS), GROUPS, self.now):
            yield
            call = next(call for call in in_line if call.waiting.entry == match.entry)
            if self._claims and call.state not in LINE:
                return False
            call.state = EntryState.OFFERED
            yield
            worker = next(worker for worker in self.workers if worker.id == match.agent)
            if self._claims and (worker.state is not AgentState.READY or call.state is not EntryState.OFFERED):
                if call.state is EntryState.OFFERED:
                    call.state = EntryState.WAITING
                return False
            self._is_offered(call, worker, in_line)
        return True

    def _is_offered(self, call: Call, worker: Worker, in_line: list[Call]) -> None:
        if call.outcomes:
            raise Broken("a call that has ended was offered")
        if not can_take(worker.ready(), call.waiting):
            raise Broken("an agent was offered a call that the agent cannot take")
        if any(_overtaken(other, call, worker) for other in in_line):
            raise Broken("a caller was overtaken in a list")
        self.offers.append(Offer(call, worker, until=self.seconds + RING))
        worker.state = move(worker.state, AgentMove.OFFER_MADE)

    def _call_is_over(self, call: Call) -> None:
        if call.outcomes:
            return
        held = next((offer for offer in self.offers if offer.call is call and offer.state in HOLDS_ENTRY), None)
        if held is not None and not held.is_committed:
            self.reports.append(call)  # it waits for the row
            return
        if held is not None and held.state is EngagementState.CONNECTED:
            self._talk_ends(held)
            return
        if held is not None:
            held.becomes(EngagementState.CANCELLED)
            self._moves(held.worker, AgentMove.OFFER_WITHDRAWN)
        self._closes(call, EntryState.ABANDONED)

    def _talk_ends(self, offer: Offer) -> None:
        offer.becomes(EngagementState.WRAP_UP)
        self._moves(offer.worker, AgentMove.TALK_ENDED)
        self._closes(offer.call, EntryState.CLOSED)

    def _closes(self, call: Call, state: EntryState) -> None:
        call.state = state
        call.outcomes.append(state)
        if len(call.outcomes) > 1:
            raise Broken("a call has two outcomes")
        self.calls.remove(call)
        self.ended += 1

    def _missed(self, offer: Offer, how: EngagementState) -> None:
        offer.becomes(how)
        self._moves(offer.worker, AgentMove.OFFER_MISSED)
        call = offer.call
        call.waiting = replace(call.waiting, excluded=call.waiting.excluded | {offer.worker.id})
        call.state = EntryState.WAITING
        self._asked_to_match = True

    def _moves(self, worker: Worker, what: AgentMove) -> None:
        worker.state = move(worker.state, what, wanted=worker.wanted)
        if worker.state is AgentState.READY:
            worker.idle_since = self.now
            self._asked_to_match = True

    # What must hold.

    def _promises(self) -> None:
        self.offers = [offer for offer in self.offers if offer.state in LIVE]
        engaged = [offer.worker.id for offer in self.offers]
        if len(engaged) != len(set(engaged)):
            raise Broken("an agent is in two live engagements")
        held = [offer.call.waiting.entry for offer in self.offers if offer.state in HOLDS_ENTRY]
        if len(held) != len(set(held)):
            raise Broken("a call is in two live offers")
        for offer in self.offers:
            if offer.worker.state not in AGENT_STANDS[offer.state]:
                raise Broken(f"an agent is {offer.worker.state} in an engagement that is {offer.state}")
            if offer.state in HOLDS_ENTRY and offer.call.outcomes:
                raise Broken("an ended call is still with an agent")
        if any(worker.state in BUSY and worker.id not in engaged for worker in self.workers):
            raise Broken("an agent is busy with nobody")

    def _nobody_is_kept_apart(self) -> None:
        ready = [worker.ready() for worker in self.workers if worker.state is AgentState.READY]
        pairs = {
            (call.waiting.entry, agent.agent)
            for call in self.calls
            if call.state in LINE
            for agent in ready
            if can_take(agent, call.waiting)
        }
        self._could_meet = {pair: self._could_meet.get(pair, self.seconds) for pair in pairs}
        if any(self.seconds - since > APART for since in self._could_meet.values()):
            raise Broken(f"a caller and an agent who could take the call were apart for more than {APART:g} s")

    def _offer(self, state: EngagementState) -> Offer | None:
        return self._any(offer for offer in self.offers if offer.is_committed and offer.state is state)

    def _any(self, of: Iterator[T]) -> T | None:
        found = list(of)
        return self.chance.choice(found) if found else None


def _overtaken(other: Call, call: Call, worker: Worker) -> bool:
    """Whether `other`, of the same list, has waited longer and could have had the agent."""
    mine, theirs = call.waiting, other.waiting
    same_list = (mine.group, mine.queue_class, mine.needs) == (theirs.group, theirs.queue_class, theirs.needs)
    return same_list and theirs.rank_at < mine.rank_at and other.state in LINE and can_take(worker.ready(), theirs)


def run(steps: int, seed: int, **how: bool) -> Town:
    """So many steps from a seed. Raises `Broken` with the seed and the step."""
    town = Town(seed, **how)
    for number in range(steps):
        try:
            town.step()
        except AssertionError as error:
            raise Broken(f"seed {seed}, step {number}: {error}") from error
    return town


if __name__ == "__main__":
    asked_steps, asked_seed = int(sys.argv[1]), int(sys.argv[2])
    began = time.monotonic()
    lived = run(asked_steps, asked_seed)
    print(
        f"{asked_steps:,} steps from seed {asked_seed}: {lived.ended:,} calls ended, nothing broken, {time.monotonic() - began:.0f} s."
    )
