"""Carries out what is ordered of SMS: one that may have been sent is looked for before it is sent once more."""

from datetime import timedelta

from ivr.adapters.store import contacts, links
from ivr.adapters.store.links import Link
from ivr.adapters.store.orders import ClaimedOrder
from ivr.assembly import Parts
from ivr.dispatcher.leases import still_ours
from ivr.domain.orders import SendSms, SendText
from ivr.operations import links as texts

_CLOCKS_DIFFER = timedelta(seconds=5)


def send(parts: Parts, claimed: ClaimedOrder, order: SendSms) -> None:
    """Send the SMS with its link; one that may have been sent is looked for first."""
    link, sender = _letter(parts, order)
    if link is None or link.message_id is not None:
        return
    if claimed.attempts > 1:
        message_id = _found(parts, claimed, order, link)
        if message_id is not None:
            parts.operations.run(texts.sent, link.id, message_id)
            return
        parts.operations.run(still_ours, claimed)
    message_id = parts.carrier.send_text(order.to, sender, order.text, link.id)
    parts.operations.run(texts.sent, link.id, message_id)


def _letter(parts: Parts, order: SendSms) -> tuple[Link | None, str]:
    """The link to be sent, and in whose name; None where there is no trace of the contact any more."""
    with parts.engine.connect() as db:
        link = links.get(db, order.link)
        contact = contacts.get(db, link.contact_id) if link is not None else None
        if contact is None:
            return None, ""
        return link, parts.plans.version(db, contact.plan_version).plan.flow.sms_sender


def _found(parts: Parts, claimed: ClaimedOrder, order: SendSms, link: Link) -> str | None:
    """The id of the message in the carrier's list, where an earlier try has reached the carrier."""
    earlier = parts.carrier.texts_to(order.to, claimed.created_at - _CLOCKS_DIFFER)
    return next((seen.message_id for seen in earlier if link.code in seen.body), None)


def text(parts: Parts, claimed: ClaimedOrder, order: SendText) -> None:
    """Send words by SMS; those that may have been sent are looked for first."""
    if claimed.attempts > 1:
        earlier = parts.carrier.texts_to(order.to, claimed.created_at - _CLOCKS_DIFFER)
        if any(order.reference in seen.body for seen in earlier):
            return
        parts.operations.run(still_ours, claimed)
    parts.carrier.send_text(order.to, order.sender.e164, order.text, order.callback)
