"""The addresses that the carrier is given, letter by letter, with their retry settings."""

import pytest

from ivr.adapters.carrier import addresses

PUBLIC = "https://ivr.example.dk"
NEWS = "#ct=2000&rt=5000&tt=15000&rc=3&rp=all"
DOCUMENT = "#ct=2000&rt=5000&tt=12000&rc=1&rp=all"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (addresses.next_document(PUBLIC, "l/7", turn=3), f"{PUBLIC}/voice/next/l%2F7?turn=3{DOCUMENT}"),
        (addresses.next_document(PUBLIC, "l7", turn=0), f"{PUBLIC}/voice/next/l7?turn=0{DOCUMENT}"),
        (addresses.next_document(PUBLIC, "l7", tries=1), f"{PUBLIC}/voice/next/l7?tries=1{DOCUMENT}"),
        (addresses.next_document(PUBLIC, "l7"), f"{PUBLIC}/voice/next/l7{DOCUMENT}"),
        (addresses.whisper(PUBLIC, "l/7"), f"{PUBLIC}/voice/whisper/l%2F7{DOCUMENT}"),
        (addresses.leg_status(PUBLIC, "l&7"), f"{PUBLIC}/voice/status?leg=l%267{NEWS}"),
        (addresses.person_status(PUBLIC, "l7"), f"{PUBLIC}/voice/status?dialled_from=l7{NEWS}"),
        (addresses.recording_status(PUBLIC, "l/7", 3), f"{PUBLIC}/voice/recording/l%2F7?turn=3{NEWS}"),
        (addresses.conference_events(PUBLIC, "c7"), f"{PUBLIC}/voice/conference/c7{NEWS}"),
        (addresses.text_status(PUBLIC, "k#7"), f"{PUBLIC}/sms/status?link=k%237{NEWS}"),
        (addresses.waiting_music(PUBLIC), f"{PUBLIC}/static/music/waiting.wav{DOCUMENT}"),
        (addresses.music_for(PUBLIC, 7), f"{PUBLIC}/voice/music/7.wav{DOCUMENT}"),
    ],
)
def test_an_address(address, expected):
    assert address == expected


def test_a_base_with_a_slash_is_the_same_base():
    assert addresses.text_status(f"{PUBLIC}/", "k7") == addresses.text_status(PUBLIC, "k7")
