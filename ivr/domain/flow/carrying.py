"""A call that has to go on with another version of the plan than its own, because that one can no longer be had."""

from dataclasses import replace

from ivr.domain.flow.graph import Flow, Line
from ivr.domain.flow.state import Place, State, Step
from ivr.domain.language import Language

_THE_SAME_IN_EVERY_PLAN = frozenset(
    {
        Place.GREETING,
        Place.RETURNING,
        Place.QUESTION,
        Place.DIRECTORY,
        Place.DIRECTORY_MENU,
        Place.DIRECTORY_CHOICE,
        Place.PERSON_AWAY,
        Place.DIALLING,
        Place.MESSAGE,
        Place.AFTER_TALK,
        Place.PROMISED,
        Place.OVER,
    }
)
"""Whoever is there stays: nobody is cut off from an employee or in the middle of a message."""


def carried(flow: Flow, line: Line, state: State) -> State | None:
    """Where the caller stands in this plan; None where there is no such place any more, and a person must help.

    `line` is the number in this plan. Whoever is in line stays in line; what the plan does not know is forgotten.
    """
    known = _known(flow, line, state)
    is_place_left = known == replace(state, trail=known.trail)
    if is_place_left or state.place in _THE_SAME_IN_EVERY_PLAN:
        return known
    if state.in_line:
        return replace(known, place=Place.WAITING, group=known.group or line.person_group)
    return None


def nowhere(line: Line, state: State) -> State:
    """A caller without a place in this plan, before a person helps."""
    return State(place=Place.QUESTION, line=line.id, language=_language(line, state))


def _known(flow: Flow, line: Line, state: State) -> State:
    return replace(
        state,
        line=line.id,
        language=_language(line, state),
        topic=state.topic if state.topic in flow.topics else None,
        candidates=tuple(candidate for candidate in state.candidates if candidate.topic in flow.topics),
        menu=state.menu if _has_menu(flow, state) else None,
        group=state.group if state.group in flow.group_names else None,
        trail=tuple(step for step in state.trail if _has_menu(flow, step) and _has_group(flow, step)),
    )


def _has_menu(flow: Flow, stop: State | Step) -> bool:
    """Elsewhere than in a menu this names a department, and whoever is gone from the directory is left out there."""
    return stop.place is not Place.MENU or stop.menu is None or stop.menu in flow.menus


def _has_group(flow: Flow, step: Step) -> bool:
    return step.group is None or step.group in flow.group_names


def _language(line: Line, state: State) -> Language:
    return state.language if state.language in line.languages else line.languages[0]
