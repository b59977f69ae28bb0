"""<Start><Stream> and <Stop><Stream>: a stream begins or ends beside the document, which goes on at once.

To stop a stream that is not there is no mistake. Source: twilio.com/docs/voice/twiml/stream.
"""

from typing import TYPE_CHECKING

from ivr.simulator.streams import Order
from ivr.simulator.twiml.document import Element
from ivr.simulator.twiml.performance import Score

if TYPE_CHECKING:
    from ivr.simulator.call import Call


def start(call: "Call", verb: Element) -> Score:
    yield from ()
    for noun in verb.children:
        call.streams.start(_order(call, noun), base=call.document.url)


def stop(call: "Call", verb: Element) -> Score:
    yield from ()
    for noun in verb.children:
        call.streams.stop(noun.get("name"))


def _order(call: "Call", noun: Element) -> Order:
    callback = noun.get("statusCallback")
    return Order(
        url=noun.get("url"),
        name=noun.get("name"),
        track=noun.get("track", "inbound_track"),
        callback=call.document.resolve(callback) if callback else "",
        callback_method=noun.get("statusCallbackMethod", "POST"),
        parameters={each.get("name"): each.get("value") for each in noun.children},
    )
