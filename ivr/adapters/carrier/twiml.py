"""What a line hears next, as the carrier reads it: spoken actions in, a TwiML document out.

Every question has one exit: its answer and its time-out both ask for `/voice/next/{leg}?turn=…`, and so does the
<Redirect> after it, so that a key and a time-out cannot both count. Nothing here decides; what cannot be said is left out.
Where we listen ourselves, a spoken question is a stream of the caller's sound beside a Gather for keys, and every other
document begins by stopping it: nothing is listened to outside a question.
Sources: twilio.com/docs/voice/twiml and its pages gather, say, play, dial, number, conference, record, stream.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

from twilio.twiml.voice_response import Dial, Gather, Start, Stop, VoiceResponse

from ivr.adapters.carrier import addresses, words
from ivr.adapters.carrier.media import TOKEN
from ivr.domain.conversation.listening import Ear
from ivr.domain.flow.actions import Ask, DialPerson, HangUp, Meet, Record, Say, Spoken, Wait
from ivr.domain.flow.graph import Speaker
from ivr.domain.language import Language
from ivr.domain.phone import PhoneNumber

LARGEST_DOCUMENT_BYTES = 64 * 1024
WORDS_BYTES = 44_000  # of a document, markup of its <Say> included; the rest is for hints and verbs
HINTS_BYTES = 8_000
MOST_HINTS = 500  # documented, as is the length of one
LONGEST_HINT = 100
SAY_MARKUP_BYTES = 120

WAIT_SECONDS = 22
"""The aim for a waiting document, which shall last 20 to 25 s: it is the caller's heartbeat."""

PAUSE_AFTER_SPEECH_SECONDS = 2
"""How long a speaker may pause. A number is valid with every speech model; `auto` is not (warning 13335)."""

SPEECH_IS_NOTICED_SECONDS = 1
"""How long our own recogniser may need to notice that somebody speaks: words begun in time are not cut off by the time-out."""

SILENCE_ENDS_MESSAGE_SECONDS = 5

_STREAM = "caller"
"""The name of the one stream of a call, by which it can be stopped without knowing more of it."""

SHORTEST_MUSIC_SECONDS, LONGEST_MUSIC_SECONDS = 3, 22
"""Less is a scrap of music, more than the piece is long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAddress:
    """Whom a document answers, and where the answer to it goes.

    `turn` is the turn that the next input takes. `hints` are phrases that help the recogniser, per language.
    `caller_id` is our number, shown to a named person who is rung. `ear` is what becomes of the stream to `listen_url`;
    None where the carrier hears every language.
    """

    public_url: str
    leg: str
    turn: int
    speakers: Mapping[Language, Speaker]
    hints: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    caller_id: PhoneNumber | None = None
    ear: Ear | None = None
    listen_url: str = ""

    @property
    def next_turn(self) -> str:
        """Where an input of this turn goes."""
        return addresses.next_document(self.public_url, self.leg, turn=self.turn)

    @property
    def goal(self) -> str:
        """Where the leg hears its goal afresh, without taking a turn."""
        return addresses.next_document(self.public_url, self.leg)


def document(spoken: tuple[Spoken, ...], place: ReplyAddress) -> str:
    """The TwiML document for `spoken`: at most 64 KB, however long the words are.

    The first action that waits for something (a question, waiting, a conference, a person, a message, the end) is the
    last of the document. One that only speaks ends by taking the turn in silence.
    """
    response = VoiceResponse()
    if place.ear is not None and not place.ear.stays:
        _stop_listening(response)
    words_left = _Words(place.speakers)
    for action in spoken:
        match action:
            case Say():
                words_left.say(response, (action,))
            case Ask():
                return _ask(response, action, place, words_left)
            case Wait():
                return _wait(response, action, place, words_left)
            case Meet():
                return _meet(response, action, place, words_left)
            case DialPerson():
                return _dial(response, action, place)
            case Record():
                return _record(response, action, place)
            case HangUp():
                response.hangup()
                return str(response)
    response.redirect(place.next_turn, method="POST")
    return str(response)


def whisper(spoken: tuple[Say, ...], place: ReplyAddress, *, seconds: int = 10) -> str:
    """What a named person hears on answering: the words, then `1` within `seconds`, or the line is closed.

    The key comes to the same address with `Digits`; `nothing()` is the answer that joins the two lines.
    """
    response = VoiceResponse()
    address = addresses.whisper(place.public_url, place.leg)
    gather = Gather(input="dtmf", num_digits=1, finish_on_key="", timeout=seconds, action=address, method="POST")
    _Words(place.speakers).say(gather, spoken)
    response.append(gather)
    response.hangup()
    return str(response)


def put_through(
    spoken: tuple[Say, ...], number: PhoneNumber, speakers: Mapping[Language, Speaker], *, stops_listening: bool = False
) -> str:
    """The words, then the caller is put through to `number` and the call ends with that talk.

    It names no address of ours, so that it can be hosted elsewhere as the fallback of a number and works without us.
    """
    response = VoiceResponse()
    if stops_listening:
        _stop_listening(response)
    _Words(speakers).say(response, spoken)
    dial = Dial()
    dial.number(number.e164)
    response.append(dial)
    return str(response)


def music_then(address: str, public_url: str, *, stops_listening: bool = False) -> str:
    """The whole piece of music, and then `address` is asked."""
    response = VoiceResponse()
    if stops_listening:
        _stop_listening(response)
    response.play(addresses.waiting_music(public_url))
    response.redirect(address, method="POST")
    return str(response)


def nothing() -> str:
    """An empty document: the answer to a status callback, and to a person's `1`, which joins the two lines."""
    return str(VoiceResponse())


def refused() -> str:
    """The end of a line that nobody wants, such as that of a named person who did not press `1`."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def hold_music(public_url: str) -> str:
    """What a party on hold hears, for as long as it takes."""
    response = VoiceResponse()
    response.play(addresses.waiting_music(public_url), loop=0)
    return str(response)


class _Words:
    """Says words into a document for as long as there is room in it."""

    def __init__(self, speakers: Mapping[Language, Speaker]) -> None:
        self._speakers = speakers
        self._bytes_left = WORDS_BYTES
        self.seconds = 0.0

    def say(self, verb: VoiceResponse | Gather, says: Iterable[Say]) -> None:
        """Sentences of one language that follow each other are said in one breath, with the voice's own pauses."""
        for language, together in groupby(says, key=lambda say: say.language):
            speaker = self._speakers[language]
            for piece in words.pieces(" ".join(say.text for say in together)):
                self._bytes_left -= words.size(piece) + SAY_MARKUP_BYTES
                if self._bytes_left < 0:
                    return
                verb.say(piece, language=speaker.carrier_code, voice=speaker.voice)
                self.seconds += words.seconds_to_say(piece)


def _stop_listening(response: VoiceResponse) -> None:
    stop = Stop()
    stop.stream(name=_STREAM)
    response.append(stop)


def _start_listening(response: VoiceResponse, listen_url: str, token: str) -> None:
    start = Start()
    stream = start.stream(name=_STREAM, url=listen_url, track="inbound_track")
    stream.parameter(name=TOKEN, value=token)
    response.append(start)


def _ask(response: VoiceResponse, ask: Ask, place: ReplyAddress, words_left: _Words) -> str:
    token = place.ear.token if place.ear is not None else None
    if token is not None:
        _start_listening(response, place.listen_url, token)
    carrier_hears = ask.speech and token is None
    speech = {}
    if carrier_hears:
        speech = {
            "language": place.speakers[ask.language].carrier_code,
            "hints": _hints(place.hints.get(ask.language, ())) or None,
            "speech_timeout": PAUSE_AFTER_SPEECH_SECONDS,
        }
    gather = Gather(
        input="dtmf speech" if carrier_hears else "dtmf",
        num_digits=ask.digits,
        finish_on_key="" if ask.digits == 1 else "#",
        timeout=max(1, ask.seconds) + (SPEECH_IS_NOTICED_SECONDS if token is not None else 0),
        action_on_empty_result=True,
        action=place.next_turn,
        method="POST",
        **speech,
    )
    words_left.say(gather, ask.say)
    response.append(gather)
    response.redirect(place.next_turn, method="POST")
    return str(response)


def _wait(response: VoiceResponse, wait: Wait, place: ReplyAddress, words_left: _Words) -> str:
    """Words, then music until about `WAIT_SECONDS` are over; where the words leave too little room for it, a pause."""
    prompts = VoiceResponse()
    words_left.say(prompts, wait.say)
    left = round(WAIT_SECONDS - 1 - words_left.seconds)
    music = min(left, LONGEST_MUSIC_SECONDS) if left >= SHORTEST_MUSIC_SECONDS else 0
    silence = max(1, left - music + 1)
    gather = Gather(
        input="dtmf",
        num_digits=1,
        finish_on_key="",
        timeout=silence,
        action_on_empty_result=True,
        action=place.next_turn,
        method="POST",
    )
    for prompt in prompts.verbs:
        gather.append(prompt)
    if music:
        gather.play(addresses.music_for(place.public_url, music))
    response.append(gather)
    response.redirect(place.next_turn, method="POST")
    return str(response)


def _meet(response: VoiceResponse, meet: Meet, place: ReplyAddress, words_left: _Words) -> str:
    """Into the conference. Its way out takes the turn, so that a late or repeated one cannot end the next conversation.

    The callback attributes are the same on all legs, because the carrier takes them from whoever joins first. Where the
    label is still taken (16025) the document goes on, and the leg asks again after a second.
    """
    words_left.say(response, meet.say)
    dial = Dial(action=place.next_turn, method="POST")
    dial.conference(
        addresses.conference_name(meet.contact),
        participant_label=meet.leg,
        start_conference_on_enter=True,
        end_conference_on_exit=meet.anchor,
        beep="false",
        wait_url="",
        jitter_buffer_size="small",
        status_callback=addresses.conference_events(place.public_url, meet.contact),
        status_callback_event="start end join leave hold modify",
        status_callback_method="POST",
    )
    response.append(dial)
    response.pause(length=1)
    response.redirect(place.goal, method="POST")
    return str(response)


def _dial(response: VoiceResponse, person: DialPerson, place: ReplyAddress) -> str:
    caller_id = place.caller_id.e164 if place.caller_id else None
    dial = Dial(action=place.next_turn, method="POST", timeout=max(1, person.seconds), caller_id=caller_id)
    dial.number(
        person.number,
        url=addresses.whisper(place.public_url, place.leg) if person.whisper else None,
        method="POST" if person.whisper else None,
        status_callback=addresses.person_status(place.public_url, place.leg),
        status_callback_event="initiated ringing answered completed",
        status_callback_method="POST",
    )
    response.append(dial)
    response.redirect(place.next_turn, method="POST")
    return str(response)


def _record(response: VoiceResponse, record: Record, place: ReplyAddress) -> str:
    """A message. The carrier drops an empty recording and goes on with the <Redirect>, which is the turn's silence.

    Of a caller who hangs up the action tells as well (`Digits=hangup`), but nobody waits for its answer; the report that
    the recording is ready comes by itself and is repeated, so that no message hangs on one request.
    """
    response.record(
        action=place.next_turn,
        method="POST",
        max_length=max(1, record.seconds),
        finish_on_key="#",
        play_beep=True,
        timeout=SILENCE_ENDS_MESSAGE_SECONDS,
        recording_status_callback=addresses.recording_status(place.public_url, place.leg, place.turn),
        recording_status_callback_method="POST",
    )
    response.redirect(place.next_turn, method="POST")
    return str(response)


@lru_cache(maxsize=64)  # they are the same from call to call, and hundreds
def _hints(hints: tuple[str, ...]) -> str:
    """The hints as the carrier takes them: 500 phrases of 100 characters, with commas between them and none inside."""
    kept: list[str] = []
    room = HINTS_BYTES
    for hint in hints:
        phrase = " ".join(words.speakable(hint.replace(",", " ")).split())
        room -= words.size(phrase) + 1
        if room < 0 or len(kept) == MOST_HINTS:
            break
        if 0 < len(phrase) <= LONGEST_HINT:
            kept.append(phrase)
    return ",".join(kept)
