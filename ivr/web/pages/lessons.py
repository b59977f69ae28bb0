"""What was misunderstood, for supervisors, and one click to propose a phrase. Nothing changes by itself."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ivr.adapters.store import proposals
from ivr.adapters.store.proposals import Proposal
from ivr.assembly import Parts
from ivr.domain.errors import IvrError
from ivr.domain.heard import plain
from ivr.domain.measures.lessons import Verdict
from ivr.domain.measures.misunderstood import Misunderstood, by_day, misunderstood
from ivr.domain.proposals.document import ProposalState
from ivr.domain.proposals.phrase import LONGEST, covers
from ivr.operations import proposals as proposal_operations
from ivr.web import auth
from ivr.web.api.board import LiveBoard
from ivr.web.api.lessons import WEEK_DAYS, between, days_of, last_days
from ivr.web.api.period import moments
from ivr.web.api.problems import status_of
from ivr.web.pages.format import in_order, text

SPANS = (WEEK_DAYS, 4 * WEEK_DAYS)
"""Days that may be looked back, today the last of them."""

_ROWS = 25
_LONGEST_TYPED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The same words, with what the form beside them holds. `proposal` is the one that stands for them already."""

    key: str
    said: Misunderstood
    topic: str
    phrase: str
    proposal: Proposal | None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A column of the picture. `parts` are verdicts from the bottom up, with the upper edge and the height of each, in percent from the top."""

    day: date
    counts: Counter[Verdict]
    parts: tuple[tuple[Verdict, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a form held that was refused, and the code of the reason."""

    row: str
    topic: str
    phrase: str
    problem: str


def blueprint(parts: Parts, board: LiveBoard) -> Blueprint:
    pages = Blueprint("lessons", __name__, url_prefix="/lessons")

    @pages.get("")
    @auth.needs(auth.LESSONS)
    def page() -> str:
        return _rendered(parts, board)

    @pages.post("/proposals")
    @auth.needs(auth.LESSONS)
    def propose() -> Response | tuple[str, int]:
        form = {name: request.form.get(name, "") for name in ("row", "language", "topic", "phrase")}
        phrase = form["phrase"][:_LONGEST_TYPED]
        try:
            parts.operations.run(
                proposal_operations.propose,
                auth.person().agent.username,
                language=form["language"],
                topic=form["topic"],
                phrase=phrase,
            )
        except IvrError as error:
            typed = Typed(row=form["row"], topic=form["topic"], phrase=phrase, problem=error.code)
            return _rendered(parts, board, typed), int(status_of(error))
        flash("phrase_proposed", "said")
        return _back(f"said-{form['row']}")

    @pages.post("/proposals/<uuid:proposal_id>/withdraw")
    @auth.needs(auth.LESSONS)
    def withdraw(proposal_id: Any) -> Response:
        parts.operations.run(proposal_operations.withdraw, auth.person().agent.username, str(proposal_id))
        flash("proposal_withdrawn", "said")
        return _back("proposals")

    return pages


def _back(anchor: str) -> Response:
    return redirect(url_for("lessons.page", days=_span(), page=_page(), _anchor=anchor), code=303)


def _span() -> int:
    days = request.values.get("days", type=int)
    return days if days in SPANS else WEEK_DAYS


def _page() -> int:
    return max(1, request.values.get("page", 1, type=int))


def _rendered(parts: Parts, board: LiveBoard, typed: Typed | None = None) -> str:
    now = board.now()
    zone, titles, span = now.values.zone, now.values.titles, _span()
    since, until = moments(last_days(span, now.as_of, zone), now.as_of, zone)
    found = between(parts, since, until)
    with parts.engine.connect() as db:
        standing = proposals.standing(db)
    said = misunderstood(found)
    pages = max(1, -(-len(said) // _ROWS))
    page = min(_page(), pages)
    rows = [_row(one, standing, typed) for one in said[(page - 1) * _ROWS : page * _ROWS]]
    counts = by_day(found, days_of(since, until), zone)
    return render_template(
        "lessons/page.html",
        rows=rows,
        typed=typed,
        is_elsewhere=typed is not None and typed.row not in {row.key for row in rows},
        standing=standing,
        days=_columns(counts.items()),
        totals=sum(counts.values(), Counter()),
        span=span,
        spans=SPANS,
        first=since,
        last=now.as_of,
        page=page,
        pages=pages,
        all_topics=sorted(titles, key=lambda topic: in_order(text(titles[topic]))),
        titles=titles,
        first_language=now.values.languages[0],
        zone=zone,
        longest=LONGEST,
        Verdict=Verdict,
        ProposalState=ProposalState,
    )


def _row(said: Misunderstood, standing: Iterable[Proposal], typed: Typed | None) -> Row:
    key = hashlib.sha256(f"{said.language} {plain(said.words)}".encode()).hexdigest()[:12]
    row = Row(
        key=key,
        said=said,
        topic=said.belonged[0][0] if said.belonged else "",
        phrase=plain(said.words),
        proposal=_standing_for(said, standing),
    )
    if typed is None or typed.row != key:
        return row
    return replace(row, topic=typed.topic, phrase=typed.phrase, problem=typed.problem)


def _standing_for(said: Misunderstood, standing: Iterable[Proposal]) -> Proposal | None:
    """The proposal made of these words, whole or with some struck out: the one that kept the most of them."""
    fitting = [one for one in standing if one.language == said.language and _is_made_of(one.phrase, said.words)]
    return max(fitting, key=lambda one: len(one.phrase), default=None)


def _is_made_of(phrase: str, words: str) -> bool:
    # A single word stands in many sentences, and few of them were what it was proposed from.
    return phrase == plain(words) or (" " in phrase and covers(phrase, words))


def _columns(days: Iterable[tuple[date, Counter[Verdict]]]) -> tuple[Day, ...]:
    listed = list(days)
    most = max((counts.total() for _, counts in listed), default=0) or 1
    return tuple(Day(day=day, counts=counts, parts=_stacked(counts, most)) for day, counts in listed)


def _stacked(counts: Counter[Verdict], most: int) -> tuple[tuple[Verdict, float, float], ...]:
    parts, below = [], 0
    for verdict in Verdict:
        height = 100 * counts[verdict] / most
        if height:
            parts.append((verdict, round(100 - 100 * below / most - height, 2), round(height, 2)))
        below += counts[verdict]
    return tuple(parts)
