"""Helping without a person: the spoken answer, the link by SMS, and whether it helped.

A link is offered once the need is known, once per topic, as help and never instead of a person: declining costs nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import ladder, people
from ivr.domain.flow.actions import SendLink
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Event, Pressed, Silence, Spoke
from ivr.domain.flow.facts import Texting
from ivr.domain.flow.graph import Topic, TopicKind
from ivr.domain.flow.state import Place
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber


def answer(call: Call, topic: Topic) -> Call:
    """Say the answer, then offer the link where there is one and the caller may be sent it."""
    told = call.saying_text(topic.answer).noting(Fact.ANSWER_GIVEN, topic=topic.id)
    if may_offer_link(told, topic):
        return offer_link(told)
    return told.at(Place.HELPED)


def may_offer_link(call: Call, topic: Topic | None) -> bool:
    """Whether a link of this topic may be offered to this caller, now and for the first time."""
    return (
        topic is not None
        and bool(topic.link)
        and topic.kind is not TopicKind.URGENT
        and call.facts.texting is not Texting.NEVER
        and topic.id not in call.state.links_sent
    )


def offer_link(call: Call) -> Call:
    return call.onward(Place.LINK_OFFER).noting(Fact.LINK_OFFERED, topic=call.state.topic)


def link_answered(call: Call, event: Pressed | Spoke) -> Call:
    """Skal jeg sende linket? Yes sends it or asks where to; no costs nothing."""
    wish = ladder.yes_or_no(event)
    if wish is None:
        return ladder.failed(call, silent=False, misheard=isinstance(event, Spoke))
    if not wish:
        return after_link(call.noting(Fact.LINK_DECLINED, topic=call.state.topic))
    if call.facts.texting is Texting.YES:
        return send(call, to=None)
    return call.onward(Place.MOBILE_NUMBER)


def mobile_entered(call: Call, event: Pressed) -> Call:
    """A mobile number by key; `#` ends it."""
    digits = event.keys.strip("#")
    try:
        number = PhoneNumber.parse(digits)
    except NotAPhoneNumber:
        return ladder.failed(call, silent=False)
    if number.is_premium or not digits.isdigit():
        return ladder.failed(call, silent=False)
    return call.at(Place.MOBILE_CONFIRM, mobile=number.e164)


def spoken_number(call: Call) -> str:
    """The mobile number that was keyed, as people read numbers back: in pairs."""
    return PhoneNumber(call.state.mobile).shown() if call.state.mobile else ""


def mobile_confirmed(call: Call, event: Pressed) -> Call:
    if event.keys == "1" and call.state.mobile:
        return send(call, to=call.state.mobile)
    if event.keys == "2":
        return call.at(Place.MOBILE_NUMBER, mobile=None)
    return ladder.failed(call, silent=False)


def send(call: Call, to: str | None) -> Call:
    """The link is on its way."""
    topic = call.state.topic or ""
    ordered = call.doing(SendLink(topic=topic, language=call.state.language, to=to))
    ordered = ordered.noting(Fact.LINK_REQUESTED, topic=topic).saying("link_sent")
    # The number was asked for this one purpose and is not kept in the state of the call.
    return after_link(ordered.changing(links_sent=(*call.state.links_sent, topic), mobile=None))


def after_link(call: Call) -> Call:
    """Back to where the caller was: in line, before a closed door, or the question whether it helped."""
    if call.state.in_line:
        return call.at(Place.WAITING)
    if call.state.group is not None:
        return call.at(Place.CLOSED)
    return call.at(Place.HELPED)


def helped(call: Call, event: Pressed | Spoke) -> Call:
    """Fik du hjælp? No leads to a person."""
    wish = ladder.yes_or_no(event)
    if wish is None:
        return ladder.failed(call, silent=False, misheard=isinstance(event, Spoke))
    if wish:
        return call.noting(Fact.HELPED, topic=call.state.topic).saying("goodbye_helped").at(Place.OVER)
    return people.to_person(call.noting(Fact.NOT_HELPED, topic=call.state.topic))


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.LINK_OFFER, Pressed): link_answered,
    (Place.LINK_OFFER, Silence): ladder.silence,
    (Place.MOBILE_NUMBER, Pressed): mobile_entered,
    (Place.MOBILE_NUMBER, Silence): ladder.silence,
    (Place.MOBILE_CONFIRM, Pressed): mobile_confirmed,
    (Place.MOBILE_CONFIRM, Silence): ladder.silence,
    (Place.HELPED, Pressed): helped,
    (Place.HELPED, Silence): ladder.silence,
}
