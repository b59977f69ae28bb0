"""The greeting, and the languages of the number: each is offered in itself, by key, and asked for by name."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ivr.domain.contacts.facts import Fact
from ivr.domain.flow import ladder, people
from ivr.domain.flow.actions import Say
from ivr.domain.flow.call import Call
from ivr.domain.flow.events import Arrived, Event, Pressed
from ivr.domain.flow.state import Place
from ivr.domain.heard import Heard
from ivr.domain.language import Language


def arrived(call: Call, event: Arrived) -> Call:
    """The greeting: whom the caller has reached, what everybody must know, whether anybody is in.

    The other languages come before all that is said in this one: whoever needs them does not listen for long.
    """
    greeted = call.saying_text(call.line.greeting).hearing(*offers(call))
    for notice in call.facts.notices:
        greeted = greeted.saying_text(notice)
    if not call.facts.line.is_open:
        greeted = people.saying_closed(greeted, call.facts.line).noting(Fact.CLOSED_HEARD, line=call.line.id)
    return greeted.from_start()


def offers(call: Call) -> tuple[Say, ...]:
    """The other languages of the number, each in its own words."""
    sentences = call.flow.words["language_key"]
    return tuple(
        Say(text=sentences[language].format(key=key), language=language)
        for key, language in call.other_languages.items()
    )


def keyed_at_question(call: Call, event: Pressed) -> Call:
    """1 reads the menu; the keys from 2 on are the other languages, in which everything is said anew."""
    if event.keys == "1":
        return call.onward(Place.MENU, menu=call.line.menu)
    chosen = call.other_languages.get(event.keys)
    return ladder.failed(call, event) if chosen is None else arrived(spoken_in(call, chosen), Arrived())


def spoken_in(call: Call, language: Language) -> Call:
    """From here on the call is in this language."""
    return call.changing(language=language).noting(Fact.LANGUAGE_CHOSEN, language=language)


def language_asked_for(call: Call, heard: Heard) -> Language | None:
    """The other language of the number that the words ask for, by its own name or by what the plan says it is called."""
    said = _words(heard.words)
    for language in call.other_languages.values():
        speaker = call.flow.speakers[language]
        if any(_asks(said, _words(phrase)) for phrase in (speaker.name, *speaker.called)):
            return language
    return None


def _asks(said: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    """Several words may stand among others. A single one must be all that is said: "en engelsk attest" is a matter."""
    if len(phrase) < 2:
        return said == phrase
    return any(said[at : at + len(phrase)] == phrase for at in range(len(said) - len(phrase) + 1))


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.lower()))


RULES: Mapping[tuple[Place, type[Event]], Callable[[Call, Any], Call]] = {
    (Place.QUESTION, Pressed): keyed_at_question,
}
