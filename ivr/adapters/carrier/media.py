"""What the carrier says on the socket of a media stream: text in, values out. No socket is known here.

Messages of kinds that we do not know are left out, as new ones may come; what is malformed is refused by name. Source:
twilio.com/docs/voice/media-streams/websocket-messages.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.adapters.carrier.fields import MalformedRequest, identifier, text

LARGEST_MESSAGE_BYTES = 64 * 1024

TOKEN = "token"
"""The parameter of a stream that says which question it is for."""

_SOUND = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStarted:
    """The stream begins: of which call, and the token that we gave it."""

    call_id: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The caller's sound: µ-law, 8000 samples a second, 20 ms as a rule."""

    mulaw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStopped:
    """No more sound will come: a document has stopped the stream, or the call is over."""


Message = StreamStarted | Sound | StreamStopped


def read(message: str) -> Message | None:
    """A message, None for one that tells nothing. Raises `MalformedRequest`."""
    try:
        told = json.loads(message)
    except ValueError:
        raise MalformedRequest("message", "is no JSON") from None
    if not isinstance(told, dict):
        raise MalformedRequest("message", "is no JSON object")
    match told.get("event"):
        case "media":
            return _sound(_part(told, "media"))
        case "start":
            return _started(_part(told, "start"))
        case "stop":
            return StreamStopped()
    return None


def _sound(media: Mapping[str, Any]) -> Sound | None:
    if media.get("track", "inbound") != "inbound":
        return None
    try:
        return Sound(mulaw=base64.b64decode(media.get("payload", ""), validate=True))
    except (binascii.Error, TypeError, ValueError):
        raise MalformedRequest("payload", "is not base64") from None


def _started(start: Mapping[str, Any]) -> StreamStarted:
    sound = _part(start, "mediaFormat")
    if {key: sound.get(key) for key in _SOUND} != _SOUND:
        raise MalformedRequest("mediaFormat", "is not µ-law of 8000 Hz on one channel")
    told = {key: str(value) for key, value in _part(start, "customParameters").items()}
    return StreamStarted(
        call_id=identifier({"callSid": str(start.get("callSid", ""))}, "callSid"),
        token=text(told, TOKEN, _LONGEST_TOKEN),
    )


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = told.get(name)
    if not isinstance(part, dict):
        raise MalformedRequest(name, "is no JSON object")
    return part
