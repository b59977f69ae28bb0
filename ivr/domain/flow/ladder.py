"""What happens when the caller is silent or not understood: the ladder that ends at a person."""

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import people
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Pressed, Silence, Spoke, Unheard
from ivr.domain.flow.state import Place

_SPEECH_FAILURES = 3


def failed(call: Call, event: Pressed | Spoke | Silence) -> Call:
    """Asked again, then with keys, then a person. Silence and misunderstanding count together; nobody is blamed."""
    state = call.state
    failures = state.failures + 1
    silent = isinstance(event, Silence)
    call = call.noting(Fact.NO_INPUT if silent else Fact.NOT_UNDERSTOOD, place=state.place, failures=failures)
    call = call.changing(failures=failures, misheard=state.misheard + isinstance(event, Spoke))
    if failures >= call.flow.understanding.failures:
        return people.given_up(call)
    again = call.saying(f"{_kind(event, state.place)}_{_ordinal(call)}")
    if failures > 1 and state.place is Place.QUESTION:
        # From here on by key: whoever could not be understood twice is not asked to speak a third time.
        return again.changing(place=Place.MENU, menu=call.line.menu)
    return again


def _kind(event: Pressed | Spoke | Silence, place: Place) -> str:
    """What the caller is told that it was."""
    if isinstance(event, Silence):
        return "silence"
    if isinstance(event, Spoke):
        return "not_understood"
    return "not_a_mobile" if place is Place.MOBILE_NUMBER else "no_such_key"


def _ordinal(call: Call) -> str:
    """The second sentence offers a person: not where none can be had, nor while a message is recorded."""
    offers_person = call.state.place is not Place.MESSAGE and people.open_group(call) is not None
    return "second" if call.state.failures > 1 and offers_person else "first"


def speech_is_on(call: Call) -> bool:
    """Speech is turned off after the third failure to understand it, and at once when there was nobody to listen."""
    return call.state.misheard < _SPEECH_FAILURES and not call.state.keys_only


def unheard(call: Call, event: Unheard) -> Call:
    """The same question by keys, for the rest of the call: who was not heard once is not asked to speak in vain again.

    It is our failure and not the caller's, so the ladder is not climbed.
    """
    noted = call.noting(Fact.LISTENING_FAILED, place=call.state.place, reason=event.reason)
    return noted.changing(keys_only=True).saying("keys_instead")


def yes_or_no(event: Pressed | Spoke) -> bool | None:
    """1 or a yes, 2 or a no, or neither."""
    if isinstance(event, Spoke):
        return event.heard.affirms
    return {"1": True, "2": False}.get(event.keys)
