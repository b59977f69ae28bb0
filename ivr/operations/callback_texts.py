"""Texts about a callback: sent from the number that was called, so that a reply reaches us. None tells what it is about."""

import hashlib
import hmac
import re

from ivr.adapters.store import circumstances
from ivr.adapters.store.contacts import Contact
from ivr.domain.deflection.links import code
from ivr.domain.deflection.texts import to_gsm7
from ivr.domain.language import Language
from ivr.domain.orders import SendText
from ivr.domain.phone import PhoneNumber
from ivr.operations.work import Work

_CANCELS = "callback_cancel_word"


def send(work: Work, contact: Contact, callback_id: str, occasion: str, **params: str) -> None:
    """Order the text for an occasion, where the number that called takes texts."""
    number = PhoneNumber(contact.caller) if contact.caller is not None else None
    if number is None or not number.may_receive_text or circumstances.of_contact(work.db, contact.id).unreachable:
        return
    loaded = work.plans.version(work.db, contact.plan_version)
    flow, line = loaded.plan.flow, loaded.line(contact.line)
    language = Language(contact.language)
    reference = code(hmac.digest(work.secret.encode(), f"{callback_id}/{occasion}".encode(), hashlib.sha256))
    words = flow.words[occasion][language].format(
        municipality=flow.municipality[language],
        number=line.number.shown(),
        word=flow.words[_CANCELS][language],
        reference=reference,
        **params,
    )
    order = SendText(callback=callback_id, reference=reference, to=number, sender=line.number, text=to_gsm7(words))
    work.order(order, contact=contact.id, leg=None)


def asks_to_cancel(work: Work, body: str) -> bool:
    """Whether a text is the word that cancels, in any language; what is written beside it does not count."""
    said = re.findall(r"\w+", body.casefold())
    words = work.plans.current(work.db).plan.flow.words[_CANCELS].values()
    return any(word.casefold() in said for word in words)
