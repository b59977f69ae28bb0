"""Where the carrier finds us: every address that is written into a document or a REST request, in one place.

All are absolute: inline TwiML has no base for relative ones (error 15004). Each says in its fragment how often the carrier
tries again when we do not answer: of itself it repeats a request only where no connection came about, so that a report which
meets a restart would be lost, and so would a caller whose key was in the hands of a process that dies. A fragment holds for
the one address that it is part of, and is neither sent nor signed. Whether music is fetched by it is not documented; where it
is not, nothing changes. Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

from urllib.parse import quote, urlencode

from ivr.adapters.carrier.numbers import CALLBACK_OVERRIDES, DOCUMENT_OVERRIDES


def next_document(public_url: str, leg: str, *, turn: int | None = None, tries: int | None = None) -> str:
    """Where `leg` asks what to do next. Without a turn the request changes nothing: the leg's goal is rendered afresh.

    `tries` is how often it has asked in vain, without the store.
    """
    asked = {name: value for name, value in (("turn", turn), ("tries", tries)) if value is not None}
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{public_url.rstrip('/')}/voice/next/{quote(leg, safe='')}{query}#{DOCUMENT_OVERRIDES}"


def whisper(public_url: str, leg: str) -> str:
    """Where a named person's line asks, before it is joined with `leg`."""
    return f"{public_url.rstrip('/')}/voice/whisper/{quote(leg, safe='')}#{DOCUMENT_OVERRIDES}"


def leg_status(public_url: str, leg: str) -> str:
    """Where the progress of our own call `leg` is told."""
    return f"{public_url.rstrip('/')}/voice/status?leg={quote(leg, safe='')}#{CALLBACK_OVERRIDES}"


def person_status(public_url: str, leg: str) -> str:
    """Where the progress of a named person's line, rung from `leg`, is told. It must not be taken for the leg's own."""
    return f"{public_url.rstrip('/')}/voice/status?dialled_from={quote(leg, safe='')}#{CALLBACK_OVERRIDES}"


def recording_status(public_url: str, leg: str, turn: int) -> str:
    """Where the carrier tells that the message that `leg` was asked for in `turn` is ready to be heard."""
    base = public_url.rstrip("/")
    return f"{base}/voice/recording/{quote(leg, safe='')}?turn={turn}#{CALLBACK_OVERRIDES}"


def conference_events(public_url: str, contact: str) -> str:
    """Where the conference of `contact` tells what happens in it."""
    return f"{public_url.rstrip('/')}/voice/conference/{quote(contact, safe='')}#{CALLBACK_OVERRIDES}"


def text_status(public_url: str, link: str) -> str:
    """Where the delivery of the text message with `link` is told. The report may come before we know the message's id."""
    return f"{public_url.rstrip('/')}/sms/status?link={quote(link, safe='')}#{CALLBACK_OVERRIDES}"


def waiting_music(public_url: str) -> str:
    """The whole piece, for who must wait an unknown time."""
    return f"{public_url.rstrip('/')}/static/music/waiting.wav#{DOCUMENT_OVERRIDES}"


def music_for(public_url: str, seconds: int) -> str:
    """The first `seconds` of the piece, so that a waiting document lasts as long as it should."""
    return f"{public_url.rstrip('/')}/voice/music/{seconds}.wav#{DOCUMENT_OVERRIDES}"


def conference_name(contact: str) -> str:
    """The name of the conference of `contact`: an id and no personal data."""
    return f"contact-{contact}"
