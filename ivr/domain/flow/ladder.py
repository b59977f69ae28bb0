"""What happens when the caller is silent or not understood: the ladder that ends at a person."""

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import people
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Pressed, Silence, Spoke
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
    kind = "silence" if silent else "not_understood"
    again = call.saying(f"{kind}_first" if failures == 1 else f"{kind}_second")
    if failures > 1 and state.place is Place.QUESTION:
        # From here on by key: whoever could not be understood twice is not asked to speak a third time.
        return again.changing(place=Place.MENU, menu=call.line.menu)
    return again


def speech_is_on(call: Call) -> bool:
    """Speech is turned off after the third failure to understand it."""
    return call.state.misheard < _SPEECH_FAILURES


def yes_or_no(event: Pressed | Spoke) -> bool | None:
    """1 or a yes, 2 or a no, or neither."""
    if isinstance(event, Spoke):
        return event.heard.affirms
    return {"1": True, "2": False}.get(event.keys)
