"""Finding out what the call is about: the open question, menus, confirm and choose.

Wherever a caller answers another question with a matter of their own, the matter is taken up.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import directory, greeting, helping, ladder, people
from ivr.domain.flow.actions import ForgetCaller
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Arrived, Event, Pressed, Spoke
from ivr.domain.flow.graph import Target, TargetKind, Topic, TopicKind
from ivr.domain.flow.state import Place
from ivr.domain.flow.understanding import Either, Likely, Reading, Sure, read
from ivr.domain.heard import Candidate, Heard

_WRONG_GUESSES = 2


def spoke(call: Call, event: Spoke) -> Call:
    """Something was said in answer to the open question, or instead of a key."""
    heard = event.heard
    call = _noted(call, heard)
    if call.state.in_line:
        return _spoke_in_line(call, event)
    language = greeting.language_asked_for(call, heard)
    if language is not None:
        call = greeting.spoken_in(call, language)
    if heard.entries:
        return directory.named(call, event)
    if heard.wants_person:
        return _to_person(call, heard)
    reading = _reading(call, heard)
    if language is not None and not (isinstance(reading, Sure) and _tells_a_matter(call, reading)):
        return greeting.arrived(call, Arrived())
    if heard.unknown_name and not _tells_a_matter(call, reading):
        return directory.not_found(call)
    match reading:
        case Sure(topic):
            return choose_topic(call, topic)
        case Likely(topic):
            return _offered(call, Place.CONFIRM, heard, (topic,))
        case Either(topics):
            return _offered(call, Place.CHOOSE, heard, topics)
    return ladder.failed(call, event)


def keyed_in_menu(call: Call, event: Pressed) -> Call:
    menu = call.flow.menus[call.state.menu or call.line.menu]
    for option in menu.options:
        if option.key == event.keys:
            return follow(call, option.target)
    return ladder.failed(call, event)


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
    known = _about(call, topic)
    if topic.kind is TopicKind.URGENT:
        return people.urgent(known, topic)
    if topic.kind in (TopicKind.LINK, TopicKind.ANSWER):
        return helping.answer(known, topic)
    if topic.kind is TopicKind.DIRECTORY:
        return known.onward(Place.DIRECTORY)
    return people.to_group(known, topic.group)


def confirm(call: Call, event: Pressed | Spoke) -> Call:
    """Drejer det sig om …? A matter said instead of yes or no is taken up."""
    asked = call.state.candidates[0].topic
    wants_person = isinstance(event, Spoke) and event.heard.wants_person
    agreed = ladder.yes_or_no(event)
    if agreed is True:
        return people.to_person(_about(call, call.flow.topics[asked])) if wants_person else choose_topic(call, asked)
    if agreed is False:
        return _guessed_wrong(call, event, asked)
    if isinstance(event, Pressed):
        return ladder.failed(call, event)
    if not wants_person and _reading(call, event.heard) == Likely(asked):
        return choose_topic(call, asked)
    return spoke(call, event)


def choose(call: Call, event: Pressed | Spoke) -> Call:
    """A eller B? By key, or by saying the one that is meant."""
    offered = [candidate.topic for candidate in call.state.candidates]
    if isinstance(event, Pressed):
        if event.keys in ("1", "2"):
            return choose_topic(call, offered[int(event.keys) - 1])
        return _guessed_wrong(call, event, *offered) if event.keys == "3" else ladder.failed(call, event)
    heard = event.heard
    if _asks_for_somebody(heard) or isinstance(_reading(call, heard), Sure):
        return spoke(call, event)
    among = replace(heard, candidates=tuple(c for c in heard.candidates if c.topic in offered))
    match _reading(call, among):
        case Sure(topic) | Likely(topic):
            return choose_topic(call, topic)
    if heard.affirms is False:
        return _guessed_wrong(call, event, *offered)
    return ladder.failed(call, event)


def spoke_in_directory(call: Call, event: Spoke) -> Call:
    """A name; or a matter, if it is beyond doubt: names that are not in the directory may sound like one."""
    heard = event.heard
    reading = _reading(call, heard)
    is_matter = isinstance(reading, Sure) and call.flow.topics[reading.topic].kind is not TopicKind.DIRECTORY
    if _asks_for_somebody(heard) or is_matter:
        return spoke(call, event)
    if heard.affirms is None and call.state.place in directory.ASKING_FOR_A_NAME:
        return directory.not_found(_noted(call, heard))
    return ladder.failed(_noted(call, heard), event)


def spoke_in_choice(call: Call, event: Spoke) -> Call:
    """Of several with the same name, the department said tells which."""
    entry = directory.meant(call, event.heard)
    if entry is not None:
        return directory.chosen(call, entry)
    if set(event.heard.entries) & set(call.state.choices):
        return ladder.failed(call, event)
    return spoke_in_directory(call, event)


def spoke_when_away(call: Call, event: Spoke) -> Call:
    """A yes takes the first offer, the department; another name is tried."""
    heard = event.heard
    if heard.affirms and not _asks_for_somebody(heard):
        return people.to_group(call, directory.group_of(call, call.state.entry), from_start=True)
    return spoke_in_directory(call, event)


def danger(call: Call, event: Spoke) -> Call:
    """Somebody's life may be at stake: hang up and ring 112; whoever stays on the line reaches a person first."""
    warned = _noted(call, event.heard).noting(Fact.DANGER_HEARD).saying("danger_112")
    if people.is_urgent(call) and call.state.in_line:
        return warned.at(Place.WAITING)
    if call.state.in_line:
        warned = people.leave_line(warned)
    topic = _urgent_topic(call, event.heard)
    if topic is None:
        return people.at_once(warned.changing(topic=None), None)
    return people.at_once(_about(warned, topic), topic)


def back(call: Call) -> Call:
    """What `9` does: the question before this one; in line, back to waiting."""
    before = {Place.MOBILE_CONFIRM: Place.MOBILE_NUMBER, Place.MOBILE_NUMBER: Place.LINK_OFFER}.get(call.state.place)
    if before is not None:
        return call.at(before)
    if call.state.in_line:
        return call.saying("place_kept").at(Place.WAITING)
    last = call.back()
    return directory.back_in_list(last) if last.state.place is Place.DIRECTORY_MENU else last


def _about(call: Call, topic: Topic) -> Call:
    """The topic is known from here on. What is said of it comes first, and its caller is forgotten where it asks that.

    The way back is remembered here, so the call stands at the open question until the topic's kind decides.
    """
    known = call.onward(Place.QUESTION, topic=topic.id, entry=None, group=None, candidates=())
    known = known.noting(Fact.TOPIC_CHOSEN, topic=topic.id)
    if topic.anonymous:
        known = known.doing(ForgetCaller())
    if topic.kind is not TopicKind.URGENT:
        for notice in call.facts.topic_notices.get(topic.id, ()):
            known = known.saying_text(notice)
    return known


def _to_person(call: Call, heard: Heard) -> Call:
    """ "En medarbejder om min boligstøtte": the matter's group, if the matter is beyond doubt."""
    call = call.noting(Fact.PERSON_ASKED_FOR)
    matters = tuple(c for c in heard.candidates if _is_matter(call, c.topic))
    reading = _reading(call, replace(heard, candidates=matters))
    return people.to_person(_about(call, call.flow.topics[reading.topic]) if isinstance(reading, Sure) else call)


def _tells_a_matter(call: Call, reading: Reading) -> bool:
    """Whether the words may mean more than that the caller wants to speak to somebody."""
    match reading:
        case Sure(topic) | Likely(topic):
            return _is_matter(call, topic)
        case Either(topics):
            return any(_is_matter(call, topic) for topic in topics)
    return False


def _asks_for_somebody(heard: Heard) -> bool:
    """Whether the caller wants to speak to somebody, with or without a name."""
    return heard.wants_person or bool(heard.entries) or heard.unknown_name


def _is_matter(call: Call, topic_id: str) -> bool:
    """Whether a topic says more than that the caller wants to speak to somebody."""
    topic = call.flow.topics.get(topic_id)
    if topic is None or topic.kind is TopicKind.DIRECTORY:
        return False
    return topic.kind is not TopicKind.ROUTE or topic.group != call.line.person_group


def _spoke_in_line(call: Call, event: Spoke) -> Call:
    """A waiting caller keeps the place whatever is said, unless it is urgent."""
    topic = _urgent_topic(call, event.heard)
    if topic is not None and not people.is_urgent(call):
        return choose_topic(people.leave_line(call), topic.id)
    return people.to_person(call) if event.heard.wants_person else ladder.failed(call, event)


def _urgent_topic(call: Call, heard: Heard) -> Topic | None:
    reading = _reading(call, heard)
    topic = call.flow.topics[reading.topic] if isinstance(reading, Sure) else None
    if topic is not None and topic.kind is TopicKind.URGENT:
        return topic
    return call.topic if people.is_urgent(call) else None


def _guessed_wrong(call: Call, event: Pressed | Spoke, *guessed: str) -> Call:
    """What was refused is never offered again. A person is a better end than a third guess."""
    noted = call.noting(Fact.NOT_UNDERSTOOD, place=call.state.place, refused=list(guessed))
    guesses = call.state.wrong_guesses + 1
    refused = noted.changing(refused=call.state.refused | set(guessed), wrong_guesses=guesses)
    if isinstance(event, Spoke) and _is_own_matter(refused, event.heard):
        return spoke(refused, event)
    if guesses >= _WRONG_GUESSES:
        return people.given_up(refused)
    return refused.saying("wrong_guess").from_start()


def _is_own_matter(call: Call, heard: Heard) -> bool:
    reading = _reading(call, heard)
    is_new = isinstance(reading, Sure) and reading.topic != call.state.topic
    return _asks_for_somebody(heard) or is_new


def answered_otherwise(rule: Callable[[Call, Any], Call]) -> Callable[[Call, Spoke], Call]:
    """A yes or a no goes to `rule`; a wish for a person and anything else said is a matter of its own."""

    def rule_for(call: Call, event: Spoke) -> Call:
        heard = event.heard
        is_answer = heard.affirms is not None and not heard.wants_person
        if is_answer and (heard.affirms or not _is_own_matter(call, heard)):
            return rule(call, event)
        return spoke(call, event)

    return rule_for


def _noted(call: Call, heard: Heard) -> Call:
    """What was said, for the log; of words that no recogniser knew there is nothing to write down."""
    if not heard.words:
        return call
    candidates = [[candidate.topic, candidate.confidence] for candidate in heard.candidates]
    return call.noting(Fact.HEARD, words=heard.words, candidates=candidates, language=call.state.language)


def _offered(call: Call, place: Place, heard: Heard, topics: tuple[str, ...]) -> Call:
    """Drejer det sig om …? A eller B?"""
    asked = call.noting(Fact.TOPIC_OFFERED, topics=list(topics))
    return asked.onward(place, candidates=_only(heard, topics))


def _reading(call: Call, heard: Heard) -> Reading:
    """What the words mean, among the topics that this plan has."""
    known = replace(heard, candidates=tuple(c for c in heard.candidates if c.topic in call.flow.topics))
    return read(known, call.flow.understanding, refused=call.state.refused)


def _only(heard: Heard, topics: tuple[str, ...]) -> tuple[Candidate, ...]:
    return tuple(next(c for c in heard.candidates if c.topic == topic) for topic in topics)


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.QUESTION, Spoke): spoke,
    (Place.MENU, Pressed): keyed_in_menu,
    (Place.MENU, Spoke): spoke,
    (Place.CONFIRM, Pressed): confirm,
    (Place.CONFIRM, Spoke): confirm,
    (Place.CHOOSE, Pressed): choose,
    (Place.CHOOSE, Spoke): choose,
    (Place.LINK_OFFER, Spoke): answered_otherwise(helping.link_answered),
    (Place.HELPED, Spoke): answered_otherwise(helping.helped),
    (Place.DIRECTORY, Spoke): spoke_in_directory,
    (Place.DIRECTORY_MENU, Spoke): spoke_in_directory,
    (Place.DIRECTORY_CHOICE, Spoke): spoke_in_choice,
    (Place.PERSON_AWAY, Spoke): spoke_when_away,
}
