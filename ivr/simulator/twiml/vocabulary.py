"""The language of documents: which verbs there are, what they may hold, and which values their attributes take.

Values are regular expressions over the whole text; `code` is what Twilio's debugger reports for a wrong one (12200, a
schema warning, where no code of its own is documented). Source: twilio.com/docs/voice/twiml and its page per verb.
"""

import re
from dataclasses import dataclass, field

from ivr.simulator.problems import DIAL_NESTED, GATHER_NESTED, SCHEMA_WARNING, STREAM_TRACK

ANY = r"(?s).*"
FLAG = r"true|false"
METHOD = r"(?i)GET|POST"
NUMBER = r"\d+"
POSITIVE = r"[1-9]\d*"
LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|multi"
LONGEST_HINT = 100


def _list_of(*words: str) -> str:
    """One or more of the words, with spaces between."""
    one = "|".join(words)
    return rf"({one})( +({one}))*"


CALL_EVENTS = _list_of("initiated", "ringing", "answered", "completed")
ROOM_EVENTS = _list_of("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
RECORDING_EVENTS = _list_of("in-progress", "completed", "absent")


@dataclass(frozen=True)
class Value:
    pattern: str
    code: int = SCHEMA_WARNING

    def accepts(self, text: str) -> bool:
        return re.fullmatch(self.pattern, text) is not None


@dataclass(frozen=True)
class Grammar:
    """One element: its attributes, the elements it may hold, and whether text inside it means something."""

    attributes: dict[str, Value] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    has_text: bool = False
    nested_code: int = SCHEMA_WARNING


def _values(**patterns: str) -> dict[str, Value]:
    return {name: Value(pattern) for name, pattern in patterns.items()}


_RECORDING = _values(
    recordingStatusCallback=ANY, recordingStatusCallbackMethod=METHOD, recordingStatusCallbackEvent=RECORDING_EVENTS
)
_CALLED = _values(
    url=ANY, method=METHOD, statusCallback=ANY, statusCallbackMethod=METHOD, statusCallbackEvent=CALL_EVENTS
)
_MACHINE = _values(
    machineDetection=r"Enable|DetectMessageEnd",
    machineDetectionTimeout=NUMBER,
    machineDetectionSpeechThreshold=NUMBER,
    machineDetectionSpeechEndThreshold=NUMBER,
    machineDetectionSilenceTimeout=NUMBER,
    amdStatusCallback=ANY,
    amdStatusCallbackMethod=METHOD,
)
_SAY = {"voice": Value(r".+", 13511), "loop": Value(NUMBER, 13510), "language": Value(LANGUAGE, 13512)}
_PLAY = {"loop": Value(NUMBER, 13410), "digits": Value(r"[0-9*#wWA-D]+")}
_SPEECH_MARKUP = frozenset(
    [
        "break",
        "emphasis",
        "lang",
        "p",
        "phoneme",
        "prosody",
        "s",
        "say-as",
        "speak",
        "sub",
        "w",
        "amazon:effect",
        "amazon:domain",
    ]
)
_PROMPTS = frozenset(["Say", "Play", "Pause"])
GRAMMAR: dict[str, Grammar] = {
    "Say": Grammar(_SAY, _SPEECH_MARKUP, has_text=True),
    "Play": Grammar(_PLAY, has_text=True),
    "Pause": Grammar({"length": Value(NUMBER, 13810)}),
    "Gather": Grammar(
        {
            "action": Value(ANY),
            "method": Value(METHOD, 13312),
            "input": Value(r"dtmf|speech|dtmf speech|speech dtmf"),
            "finishOnKey": Value(r"[0-9#*]*", 13310),
            "timeout": Value(rf"{POSITIVE}|auto|0", 13313),
            "numDigits": Value(POSITIVE, 13314),
            "speechTimeout": Value(rf"{POSITIVE}|auto"),
            "maxSpeechTime": Value(POSITIVE),
            "language": Value(LANGUAGE, 13331),
            "hints": Value(ANY, 13330),
            "bargeIn": Value(FLAG),
            "actionOnEmptyResult": Value(FLAG, 13338),
            "profanityFilter": Value(FLAG),
            "partialResultCallback": Value(ANY),
            "partialResultCallbackMethod": Value(METHOD),
            "speechModel": Value(r"[a-z0-9_.-]+"),
            "enhanced": Value(FLAG),
            "debug": Value(FLAG),
        },
        _PROMPTS,
        nested_code=GATHER_NESTED,
    ),
    "Redirect": Grammar({"method": Value(METHOD, 13710)}, has_text=True),
    "Hangup": Grammar(),
    "Reject": Grammar({"reason": Value(r"rejected|busy")}),
    "Record": Grammar(
        {
            "action": Value(ANY),
            "method": Value(METHOD, 13610),
            "timeout": Value(POSITIVE, 13611),
            "maxLength": Value(POSITIVE, 13612),
            "finishOnKey": Value(r"[0-9#*]*", 13613),
            "transcribe": Value(FLAG, 13614),
            "transcribeCallback": Value(ANY),
            "playBeep": Value(FLAG, 13616),
            "trim": Value(r"trim-silence|do-not-trim"),
            **_RECORDING,
        }
    ),
    "Dial": Grammar(
        {
            "action": Value(ANY),
            "method": Value(METHOD, 13210),
            "timeout": Value(POSITIVE, 13212),
            "hangupOnStar": Value(FLAG, 13213),
            "timeLimit": Value(POSITIVE, 13216),
            "callerId": Value(r".+", 13214),
            "record": Value(
                r"do-not-record|record-from-(answer|ringing)(-dual)?|true|false",
            ),
            "trim": Value(r"trim-silence|do-not-trim"),
            "answerOnBridge": Value(FLAG),
            "ringTone": Value(r"[a-z]{2}(-old|-tone)?|automatic"),
            "recordingTrack": Value(r"inbound|outbound|both"),
            "sequential": Value(FLAG),
            "referUrl": Value(ANY),
            "referMethod": Value(METHOD),
            "events": Value(ANY),
            **_RECORDING,
        },
        frozenset(["Number", "Sip", "Client", "Conference"]),
        has_text=True,
        nested_code=DIAL_NESTED,
    ),
    "Number": Grammar({"sendDigits": Value(r"[0-9*#wW]+"), "byoc": Value(ANY), **_CALLED, **_MACHINE}, has_text=True),
    "Sip": Grammar({"username": Value(ANY), "password": Value(ANY), **_CALLED, **_MACHINE}, has_text=True),
    "Client": Grammar(dict(_CALLED), frozenset(["Identity", "Parameter"]), has_text=True),
    "Identity": Grammar(has_text=True),
    "Conference": Grammar(
        {
            "muted": Value(FLAG, 13230),
            "endConferenceOnExit": Value(FLAG, 13231),
            "startConferenceOnEnter": Value(FLAG, 13232),
            "waitUrl": Value(ANY, 13233),
            "waitMethod": Value(METHOD, 13234),
            "beep": Value(r"true|false|onEnter|onExit", 13235),
            "participantLabel": Value(r".{1,128}"),
            "jitterBufferSize": Value(r"small|medium|large|off"),
            "maxParticipants": Value(POSITIVE),
            "record": Value(r"do-not-record|record-from-start"),
            "region": Value(r"us1|us2|ie1|de1|sg1|br1|au1|jp1"),
            "trim": Value(r"trim-silence|do-not-trim"),
            "coach": Value(r"CA[0-9a-f]{32}", 13240),
            "statusCallback": Value(ANY),
            "statusCallbackMethod": Value(METHOD),
            "statusCallbackEvent": Value(ROOM_EVENTS),
            "eventCallbackUrl": Value(ANY),
            **_RECORDING,
        },
        has_text=True,
    ),
    "Start": Grammar(children=frozenset(["Stream"])),
    "Stop": Grammar(children=frozenset(["Stream"])),
    "Stream": Grammar(
        {
            "name": Value(ANY),
            "url": Value(ANY),
            "track": Value(r"inbound_track|outbound_track|both_tracks", STREAM_TRACK),
            "statusCallback": Value(ANY),
            "statusCallbackMethod": Value(METHOD),
        },
        frozenset(["Parameter"]),
    ),
    "Parameter": Grammar(_values(name=r".+", value=ANY)),
}
VERBS = frozenset(
    ["Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Reject", "Record", "Dial", "Start", "Stop"],
)
