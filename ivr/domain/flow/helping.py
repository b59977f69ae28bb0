"""Helping without a person: the spoken answer, the link by SMS, and whether it helped.

A link is help and never instead of a person: declining costs nothing, and a waiting caller keeps the place.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import ladder, links, people
from ivr.domain.flow.actions import SendLink
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Event, Pressed, Spoke
from ivr.domain.flow.facts import Texting
from ivr.domain.flow.graph import Topic
from ivr.domain.flow.state import Place
from ivr.domain.phone import NotAPhoneNumber, PhoneNumber


def answer(call: Call, topic: Topic) -> Call:
    """Say the answer, then offer the link where there is one and the caller may be sent it."""
    told = call.saying_text(topic.answer).noting(Fact.ANSWER_GIVEN, topic=topic.id)
    return offer_link(told) if links.may_offer(told) else told.onward(Place.HELPED)


def offer_link(call: Call) -> Call:
    """Skal jeg sende linket?"""
    return call.onward(Place.LINK_OFFER).noting(Fact.LINK_OFFERED, topic=call.state.topic)


def link_answered(call: Call, event: Pressed | Spoke) -> Call:
    """Yes sends the link or asks where to; no costs nothing."""
    wish = ladder.yes_or_no(event)
    if wish is None:
        return ladder.failed(call, event)
    if not wish:
        declined = call.changing(links_declined=(*call.state.links_declined, call.state.topic or ""))
        return after_link(declined.noting(Fact.LINK_DECLINED, topic=call.state.topic))
    if call.facts.texting is Texting.ASK:
        return call.at(Place.MOBILE_NUMBER)
    return send(call, to=None)


def mobile_entered(call: Call, event: Pressed) -> Call:
    """A mobile number by key, as dialled in Denmark; `#` ends it. Who takes texts on a landline number knows best."""
    digits = event.keys.rstrip("#")
    try:
        number = PhoneNumber.parse(digits)
    except NotAPhoneNumber:
        return ladder.failed(call, event)
    if not digits.isdigit() or not number.may_be_called:
        return ladder.failed(call, event)
    return call.at(Place.MOBILE_CONFIRM, mobile=number.e164)


def spoken_number(call: Call) -> str:
    """The mobile number that was keyed, as people read numbers back: in pairs."""
    return PhoneNumber(call.state.mobile).shown() if call.state.mobile else ""


def mobile_confirmed(call: Call, event: Pressed) -> Call:
    """Er det rigtigt? No asks for the number again."""
    match ladder.yes_or_no(event):
        case True:
            return send(call, to=call.state.mobile)
        case False:
            return call.at(Place.MOBILE_NUMBER)
    return ladder.failed(call, event)


def send(call: Call, to: str | None) -> Call:
    """The link is on its way, unless the caller turns out to be one who is not sent any."""
    if not links.may_send(call):
        return after_link(call)
    topic = call.state.topic or ""
    ordered = call.doing(SendLink(topic=topic, language=call.state.language, to=to))
    ordered = ordered.noting(Fact.LINK_REQUESTED, topic=topic).saying("link_sent")
    return after_link(ordered.changing(links_sent=(*call.state.links_sent, topic)))


def after_link(call: Call) -> Call:
    """Back to where the caller was: in line, before a closed door, or the question whether it helped."""
    if call.state.in_line:
        return call.saying("place_kept").at(Place.WAITING)
    # Outside a line a group is known only where it was found closed.
    return call.back() if call.state.group is not None else call.at(Place.HELPED)


def helped(call: Call, event: Pressed | Spoke) -> Call:
    """Fik du hjælp? No leads to a person."""
    wish = ladder.yes_or_no(event)
    if wish is None:
        return ladder.failed(call, event)
    if wish:
        return call.noting(Fact.HELPED, topic=call.state.topic).saying("goodbye_helped").at(Place.OVER)
    return people.to_person(call.noting(Fact.NOT_HELPED, topic=call.state.topic))


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.LINK_OFFER, Pressed): link_answered,
    (Place.MOBILE_NUMBER, Pressed): mobile_entered,
    (Place.MOBILE_CONFIRM, Pressed): mobile_confirmed,
    (Place.HELPED, Pressed): helped,
}
