"""What is asked at each place. A question depends on the place alone, so that it can be asked again at any time."""

from collections.abc import Callable, Mapping

from ivr.domain.flow import directory, greeting, helping, ladder, links, people
from ivr.domain.flow.actions import Ask, DialPerson, HangUp, Record, Say, Spoken, Wait
from ivr.domain.flow.call import Call
from ivr.domain.flow.state import Place

_LONGER_AFTER_FAILURE_SECONDS = 3
_PHONE_DIGITS = 17  # 00 and the longest international number
_PERSON_RINGS_SECONDS = 20
_MESSAGE_SECONDS = 120


def question(call: Call) -> tuple[Spoken, ...]:
    """What this turn says, in the order it is heard, ending in what the caller is asked to do."""
    return _QUESTIONS[call.state.place](call)


def _ask(call: Call, *words: Say, speech: bool = False, digits: int = 1) -> tuple[Spoken, ...]:
    """Everything said in the turn stands inside the question, so that an answer may interrupt it."""
    seconds = round(call.flow.first_silence.total_seconds()) + _LONGER_AFTER_FAILURE_SECONDS * call.state.failures
    return (
        Ask(
            say=(*call.said, *words),
            language=call.state.language,
            seconds=seconds,
            digits=digits,
            speech=speech and ladder.speech_is_on(call),
        ),
    )


def _spoken_or_by_key(call: Call, occasion: str, **params: str) -> Say:
    """The prompt for an occasion, or the one that asks for no words once speech is off."""
    return call.words(occasion if ladder.speech_is_on(call) else f"{occasion}_by_key", **params)


def _open_question(call: Call) -> tuple[Spoken, ...]:
    languages = (say for say in greeting.offers(call) if say not in call.said)
    return _ask(call, _spoken_or_by_key(call, "what_is_it_about"), *languages, speech=True)


def _place_offer(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, call.words("offer_place"), speech=True)


def _menu(call: Call) -> tuple[Spoken, ...]:
    menu = call.flow.menus[call.state.menu or call.line.menu]
    options = [call.words("menu_option", label=call.text(option.label), key=option.key) for option in menu.options]
    return _ask(call, *options, call.words("menu_end"), speech=True)


def _confirm(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, _spoken_or_by_key(call, "is_it_about", topic=_title(call, 0)), speech=True)


def _choose(call: Call) -> tuple[Spoken, ...]:
    words = _spoken_or_by_key(call, "which_of_two", first=_title(call, 0), second=_title(call, 1))
    return _ask(call, words, speech=True)


def _title(call: Call, index: int) -> str:
    return call.text(call.flow.topics[call.state.candidates[index].topic].title)


def _link_offer(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, call.words("offer_link"), speech=True)


def _mobile_number(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, call.words("ask_mobile"), digits=_PHONE_DIGITS)


def _mobile_confirm(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, call.words("confirm_mobile", number=helping.spoken_number(call)))


def _helped(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, call.words("did_it_help"), speech=True)


def _directory(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, _spoken_or_by_key(call, "whom_do_you_want"), speech=True)


def _numbered(call: Call) -> tuple[Spoken, ...]:
    options = [
        call.words("menu_option", label=_label(call, entry), key=key)
        for key, entry in zip(directory.KEYS, call.state.choices, strict=False)
        if entry == directory.MORE or directory.exists(call, entry)
    ]
    return _ask(call, *options, call.words("menu_end"), speech=True)


def _label(call: Call, entry: str) -> str:
    if entry == directory.MORE:
        return call.words("for_more").text
    return call.words("for_entry", name=_entry_name(call, entry)).text


def _entry_name(call: Call, entry: str) -> str:
    if entry.startswith(directory.DEPARTMENT):
        return call.text(call.flow.departments[entry.removeprefix(directory.DEPARTMENT)].name)
    employee = call.facts.employees[entry]
    if call.state.place is Place.DIRECTORY_CHOICE and employee.department in call.flow.departments:
        department = call.text(call.flow.departments[employee.department].name)
        return call.words("name_in_department", name=employee.name, department=department).text
    return employee.name


def _person_away(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, call.words("person_away_choice"), speech=True)


def _dialling(call: Call) -> tuple[Spoken, ...]:
    number = call.state.dials or call.line.fallback.e164
    # A named person accepts by key, against voicemail; the duty line is nobody's own telephone.
    is_person = call.state.entry is not None
    return (*call.said, DialPerson(number=number, seconds=_PERSON_RINGS_SECONDS, whisper=is_person))


def _closed(call: Call) -> tuple[Spoken, ...]:
    words = _instead(call)
    if people.is_urgent(call):
        words.append(call.words("closed_choice_duty"))
    elif people.open_group(call) is not None:
        words.append(call.words("closed_choice_person"))
    return _ask(call, *words, call.words("closed_choice_end"))


def _instead(call: Call) -> list[Say]:
    """What can be done without waiting."""
    words = [call.words("closed_choice")]
    return [*words, call.words("closed_choice_link")] if links.may_send(call) else words


def _stay_or_not(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, *_instead(call), call.words("stay_in_line"))


def _line_full(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, *_instead(call), call.words("line_full_insist"), call.words("closed_choice_end"))


def _message(call: Call) -> tuple[Spoken, ...]:
    return (*call.said, call.words("speak_after_tone"), Record(seconds=_MESSAGE_SECONDS))


def _waiting(call: Call) -> tuple[Spoken, ...]:
    return (Wait(say=call.said, language=call.state.language),)


def _leave_line(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, call.words("leave_line"))


def _callback(call: Call) -> tuple[Spoken, ...]:
    number = call.facts.rings_back
    return _ask(call, call.words("confirm_callback", number=number.shown() if number is not None else ""))


def _promised(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, call.words("promised_choice"))


def _after_talk(call: Call) -> tuple[Spoken, ...]:
    return _ask(call, call.words("after_talk"))


def _over(call: Call) -> tuple[Spoken, ...]:
    return (*call.said, HangUp())


_QUESTIONS: Mapping[Place, Callable[[Call], tuple[Spoken, ...]]] = {
    Place.GREETING: _open_question,
    Place.RETURNING: _place_offer,
    Place.QUESTION: _open_question,
    Place.MENU: _menu,
    Place.CONFIRM: _confirm,
    Place.CHOOSE: _choose,
    Place.LINK_OFFER: _link_offer,
    Place.MOBILE_NUMBER: _mobile_number,
    Place.MOBILE_CONFIRM: _mobile_confirm,
    Place.HELPED: _helped,
    Place.DIRECTORY: _directory,
    Place.DIRECTORY_MENU: _numbered,
    Place.DIRECTORY_CHOICE: _numbered,
    Place.PERSON_AWAY: _person_away,
    Place.DIALLING: _dialling,
    Place.CLOSED: _closed,
    Place.MESSAGE: _message,
    Place.WAITING: _waiting,
    Place.LEAVE_LINE: _leave_line,
    Place.STAY_OR_NOT: _stay_or_not,
    Place.LINE_FULL: _line_full,
    Place.CALLBACK: _callback,
    Place.PROMISED: _promised,
    Place.AFTER_TALK: _after_talk,
    Place.OVER: _over,
}
