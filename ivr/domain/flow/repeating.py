"""What `*` says again before the question: what the caller was told at this place, not how they got there."""

from collections.abc import Callable, Mapping

from ivr.domain.flow import directory, people, waiting
from ivr.domain.flow.call import Call
from ivr.domain.flow.graph import TopicKind
from ivr.domain.flow.state import Place


def repeated(call: Call) -> Call:
    """The place as it was, with what belongs to it said once more."""
    telling = _TELLING.get(call.state.place)
    return call if telling is None else telling(call)


def _answer(call: Call) -> Call:
    topic = call.topic
    is_answered = topic is not None and topic.kind in (TopicKind.LINK, TopicKind.ANSWER) and not call.state.in_line
    return call.saying_text(topic.answer) if topic is not None and is_answered else call


def _closed(call: Call) -> Call:
    return people.saying_closed_group(call, call.state.group or call.line.person_group)


def _full(call: Call) -> Call:
    return people.saying_full(call, call.state.group or call.line.person_group)


_TELLING: Mapping[Place, Callable[[Call], Call]] = {
    Place.LINK_OFFER: _answer,
    Place.HELPED: _answer,
    Place.CLOSED: _closed,
    Place.PERSON_AWAY: directory.saying_unreached,
    Place.LINE_FULL: _full,
    Place.WAITING: waiting.again,
}
