"""Finding out what the call is about: greeting, language, the open question, menus, confirm and choose.

Wherever a caller answers a yes-or-no question with a matter of its own, the matter is taken up.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import directory, helping, ladder, people
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Arrived, Event, Pressed, Silence, Spoke
from ivr.domain.flow.graph import Target, TargetKind, TopicKind
from ivr.domain.flow.state import Place
from ivr.domain.flow.understanding import Either, Likely, Sure, read
from ivr.domain.heard import Heard


def arrived(call: Call, event: Arrived) -> Call:
    """The greeting: whom the caller has reached, what everybody must know, whether anybody is in."""
    greeted = call.saying_text(call.line.greeting)
    for notice in call.facts.notices:
        greeted = greeted.saying_text(notice)
    if not call.facts.line.is_open:
        greeted = people.saying_closed(greeted, call.facts.line)
    return greeted.at(Place.QUESTION)


def keyed_at_question(call: Call, event: Pressed) -> Call:
    """1 reads the menu; the keys from 2 on are the other languages."""
    if event.keys == "1":
        return call.onward(Place.MENU, menu=call.line.menu)
    others = [language for language in call.line.languages if language != call.state.language]
    chosen = dict(zip("2345678", others, strict=False)).get(event.keys)
    if chosen is None:
        return ladder.failed(call, silent=False)
    spoken = call.changing(language=chosen).noting(Fact.LANGUAGE_CHOSEN, language=chosen)
    return spoken.at(Place.QUESTION)


def spoke(call: Call, event: Spoke) -> Call:
    """Something was said in answer to the open question, or instead of a key."""
    heard = event.heard
    call = call.noting(Fact.HEARD, words=heard.words, candidates=[[c.topic, c.confidence] for c in heard.candidates])
    if heard.entries:
        return directory.named(call, heard.entries)
    if heard.wants_person and not heard.candidates:
        return people.to_person(call.noting(Fact.PERSON_ASKED_FOR))
    match read(heard, call.flow.understanding, refused=call.state.refused):
        case Sure(topic):
            return people.to_person(call) if heard.wants_person else choose_topic(call, topic)
        case Likely(topic):
            return call.onward(Place.CONFIRM, candidates=_only(heard, (topic,)))
        case Either(topics):
            return call.onward(Place.CHOOSE, candidates=_only(heard, topics))
    return ladder.failed(call, silent=False, misheard=True)


def _only(heard: Heard, topics: tuple[str, ...]) -> Any:
    return tuple(candidate for topic in topics for candidate in heard.candidates if candidate.topic == topic)


def keyed_in_menu(call: Call, event: Pressed) -> Call:
    menu = call.flow.menus[call.state.menu or call.line.menu]
    for option in menu.options:
        if option.key == event.keys:
            return follow(call, option.target)
    return ladder.failed(call, silent=False)


def follow(call: Call, target: Target) -> Call:
    """Where an option of a menu leads."""
    if target.kind is TargetKind.MENU:
        return call.onward(Place.MENU, menu=target.id)
    if target.kind is TargetKind.TOPIC:
        return choose_topic(call, target.id)
    return people.to_group(call, target.id)


def choose_topic(call: Call, topic_id: str) -> Call:
    """The engine knows what the call is about; the topic's kind decides how it is helped."""
    topic = call.flow.topics[topic_id]
    known = call.onward(call.state.place, topic=topic_id, candidates=()).noting(Fact.TOPIC_CHOSEN, topic=topic_id)
    if topic.kind is TopicKind.URGENT:
        return people.urgent(known, topic)
    for notice in call.facts.topic_notices.get(topic_id, ()):
        known = known.saying_text(notice)
    if topic.kind in (TopicKind.LINK, TopicKind.ANSWER):
        return helping.answer(known, topic)
    if topic.kind is TopicKind.DIRECTORY:
        return known.at(Place.DIRECTORY)
    return people.to_group(known, topic.group)


def confirm(call: Call, event: Pressed | Spoke) -> Call:
    """Drejer det sig om …? A new sure topic said instead of yes or no is taken at its word."""
    asked = call.state.candidates[0].topic
    agreed = ladder.yes_or_no(event)
    if agreed is True:
        return choose_topic(call, asked)
    if agreed is False:
        refused = call.changing(refused=call.state.refused | {asked})
        if isinstance(event, Spoke) and not isinstance(_reading(refused, event.heard), Sure):
            return refused.saying("wrong_guess").at(Place.QUESTION)
        if isinstance(event, Pressed):
            return refused.saying("wrong_guess").at(Place.QUESTION)
        call = refused
    if isinstance(event, Spoke):
        reading = _reading(call, event.heard)
        if reading == Likely(asked):
            return choose_topic(call, asked)
        return spoke(call, event)
    return ladder.failed(call, silent=False)


def choose(call: Call, event: Pressed | Spoke) -> Call:
    """A eller B? By key, or by saying the one that is meant."""
    offered = [candidate.topic for candidate in call.state.candidates]
    if isinstance(event, Pressed):
        if event.keys in ("1", "2"):
            return choose_topic(call, offered[int(event.keys) - 1])
        if event.keys == "3":
            neither = call.changing(refused=call.state.refused | set(offered))
            return neither.saying("wrong_guess").at(Place.QUESTION)
        return ladder.failed(call, silent=False)
    among = [c for c in event.heard.candidates if c.topic in offered and c.confidence >= call.flow.understanding.likely]
    if among and len({c.confidence for c in among}) == len(among):
        return choose_topic(call, max(among, key=lambda candidate: candidate.confidence).topic)
    return spoke(call, event)


def _reading(call: Call, heard: Heard) -> object:
    return read(heard, call.flow.understanding, refused=call.state.refused)


def back(call: Call) -> Call:
    """To the place before this one; at the beginning, the open question again."""
    if not call.state.trail:
        return call.at(Place.QUESTION, menu=None, topic=None, entry=None)
    step = call.state.trail[-1]
    place = Place.QUESTION if step.place in (Place.GREETING, Place.DIALLING, Place.WAITING) else step.place
    trail = call.state.trail[:-1]
    return call.at(place, menu=step.menu, topic=step.topic, entry=step.entry, trail=trail, mobile=None)


def answered_otherwise(rule: Callable[[Call, Any], Call]) -> Callable[[Call, Spoke], Call]:
    """A yes or a no goes to `rule`; anything else said is a matter of its own."""

    def heard(call: Call, event: Spoke) -> Call:
        return spoke(call, event) if event.heard.affirms is None else rule(call, event)

    return heard


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.GREETING, Arrived): arrived,
    (Place.QUESTION, Pressed): keyed_at_question,
    (Place.QUESTION, Spoke): spoke,
    (Place.QUESTION, Silence): ladder.silence,
    (Place.MENU, Pressed): keyed_in_menu,
    (Place.MENU, Spoke): spoke,
    (Place.MENU, Silence): ladder.silence,
    (Place.CONFIRM, Pressed): confirm,
    (Place.CONFIRM, Spoke): confirm,
    (Place.CONFIRM, Silence): ladder.silence,
    (Place.CHOOSE, Pressed): choose,
    (Place.CHOOSE, Spoke): choose,
    (Place.CHOOSE, Silence): ladder.silence,
    (Place.LINK_OFFER, Spoke): answered_otherwise(helping.link_answered),
    (Place.HELPED, Spoke): answered_otherwise(helping.helped),
}
