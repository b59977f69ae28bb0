"""Links by SMS: asked for in the call or sent from the desk, reported on by the carrier, clicked by a person."""

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta

from ivr.adapters.store import contacts, engagements, links
from ivr.adapters.store.contacts import Contact
from ivr.domain.contacts.facts import Fact
from ivr.domain.deflection.links import code, is_person
from ivr.domain.deflection.texts import segments, to_gsm7
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.errors import IvrError
from ivr.domain.flow.actions import SendLink
from ivr.domain.language import Language
from ivr.domain.orders import SendSms
from ivr.domain.phone import PhoneNumber
from ivr.operations.work import Work

_LIVES_FOR = timedelta(days=30)
# Delivered as a text to a landline (30006), refused as one (21635), or no such mobile (21614, 21211).
_CANNOT_TAKE_TEXTS = frozenset({30006, 21635, 21614, 21211})
_RANK = {"ordered": 0, "sent": 1, "delivered": 2, "undelivered": 2, "failed": 2}


class NoLink(IvrError):
    """The link cannot be sent: no such topic, no link, or no number to send it to."""

    code = "no_link"


def request(work: Work, contact: Contact, plan: DialPlan, wish: SendLink) -> None:
    """Write a link and the order to send it. Without any number there is nobody to send it to, and nothing is sent."""
    recipient = wish.to or contact.caller
    if recipient is None:
        return
    link_id = work.new_id()
    # From the id and the installation's secret: a repeated operation makes the same code, nobody else can guess it.
    short = code(hmac.digest(work.secret.encode(), link_id.encode(), hashlib.sha256))
    url = plan.flow.topics[wish.topic].link[wish.language]
    words = plan.flow.words["sms_link"][wish.language]
    municipality = plan.flow.municipality[wish.language]
    text = to_gsm7(words.format(municipality=municipality, url=f"{work.public_url}/l/{short}"))
    links.add(
        work.db,
        {
            "id": link_id,
            "code": short,
            "contact_id": contact.id,
            "topic": wish.topic,
            "language": wish.language,
            "url": url,
            "recipient": recipient,
            "segments": segments(text).segments,
            "created_at": work.now,
            "expires_at": work.now + _LIVES_FOR,
        },
    )
    order = SendSms(link=link_id, to=PhoneNumber(recipient), text=text)
    work.order(order, contact=contact.id, leg=None)


def send_from_desk(work: Work, agent_id: str, contact_id: str, topic_id: str) -> None:
    """The agent sends the caller a topic's link, in the caller's language."""
    contact = contacts.locked(work.db, contact_id)
    engagement = engagements.live_of_agent(work.db, agent_id)
    if contact is None or engagement is None or engagement.contact_id != contact_id:
        raise NoLink("You are not with this caller.", hint="Links are sent during the call or the wrap-up.")
    plan = work.plans.version(work.db, contact.plan_version).plan
    topic = plan.flow.topics.get(topic_id)
    if topic is None or not topic.link:
        raise NoLink(f"The topic {topic_id!r} has no link.", hint="Choose a topic from the list.")
    if contact.caller is None:
        raise NoLink("The caller's number is hidden.", hint="Read the address aloud instead.")
    request(work, contact, plan, SendLink(topic=topic_id, language=Language(contact.language)))
    data = {"topic": topic_id, "by": "agent"}
    work.record(Fact.LINK_REQUESTED, contact=contact_id, agent=agent_id, data=data)


def sent(work: Work, link_id: str, message_id: str) -> None:
    """The carrier has taken the message: told by its reply, by its list or by a report, and noted the first time."""
    link = links.get(work.db, link_id, lock=True)
    if link is not None:
        _taken(work, link, message_id)


def reported(work: Work, link_id: str | None, message_id: str, status: str, error_code: int | None) -> None:
    """What the carrier says of a message. Reports come in any order; a status moves forward only, and a final one stays.

    A report may overtake the reply that brings the message's id: it names the link itself, and brings the id as well.
    """
    link = _reported_on(work, link_id, message_id)
    if link is None:
        return
    link = _taken(work, link, message_id)
    if _RANK.get(status, -1) <= _RANK[link.status]:
        return
    changes: dict[str, object] = {"status": status, "error_code": error_code}
    if status == "delivered":
        changes["delivered_at"] = work.now
        work.record(Fact.LINK_DELIVERED, contact=link.contact_id, data={"topic": link.topic})
    if status in ("undelivered", "failed"):
        work.record(Fact.LINK_UNDELIVERED, contact=link.contact_id, data={"topic": link.topic, "error": error_code})
        _remember_failure(work, link, error_code)
    links.change(work.db, link.id, **changes)


def failed(work: Work, link_id: str, error_code: int | None) -> None:
    """The message was never sent: refused with `error_code`, or tried in vain. One that the carrier has is not touched."""
    link = links.get(work.db, link_id, lock=True)
    if link is None or link.status != "ordered":
        return
    links.change(work.db, link.id, status="failed", error_code=error_code)
    _remember_failure(work, link, error_code)
    work.record(Fact.LINK_FAILED, contact=link.contact_id, data={"topic": link.topic, "error": error_code})


def _reported_on(work: Work, link_id: str | None, message_id: str) -> links.Link | None:
    if link_id is None:
        # Sent before reports named the link.
        return links.by_message(work.db, message_id, lock=True)
    link = links.get(work.db, link_id, lock=True)
    return link if link is not None and link.message_id in (None, message_id) else None


def _taken(work: Work, link: links.Link, message_id: str) -> links.Link:
    """The link as it stands once the carrier has its message. The link is locked."""
    if link.status != "ordered":
        return link
    links.change(work.db, link.id, message_id=message_id, sent_at=work.now, status="sent")
    work.record(Fact.LINK_SENT, contact=link.contact_id, data={"topic": link.topic, "segments": link.segments})
    return replace(link, message_id=message_id, sent_at=work.now, status="sent")


def _remember_failure(work: Work, link: links.Link, error_code: int | None) -> None:
    """A number that cannot take texts at all is not sent one again."""
    if link.recipient is not None and error_code in _CANNOT_TAKE_TEXTS:
        pseudonym = PhoneNumber(link.recipient).pseudonym(work.secret)
        links.remember_unreachable(work.db, pseudonym, error_code, work.now)


def clicked(work: Work, short: str, user_agent: str) -> str | None:
    """Where a short link leads; None for one that is unknown or too old. A person's click is counted."""
    link = links.by_code(work.db, short)
    if link is None or link.expires_at <= work.now:
        return None
    if is_person(user_agent):
        links.count_click(work.db, short, work.now)
        if link.clicked_at is None:
            work.record(Fact.LINK_CLICKED, contact=link.contact_id, data={"topic": link.topic})
    return link.url
