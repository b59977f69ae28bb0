"""Recordings instead of calls."""

import pytest

from ivr.adapters.recognition.recordings import BadRecording, recognise_wav
from ivr.adapters.recognition.vosk import Model
from ivr.domain.heard import Words
from tests.adapters.recognition.test_models import TINY_MODEL
from tests.kit.voice import say, silence


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(TINY_MODEL)


def test_what_is_said_in_a_recording_is_written_down_pauses_or_not(model, tmp_path):
    path = tmp_path / "call.wav"
    path.write_bytes((say("jeg skal have et nyt pas") + silence(1.5) + say("ja tak")).wav())

    assert recognise_wav(path, model, ("jeg skal have et nyt pas", "ja tak")) == Words(
        text="jeg skal have et nyt pas ja tak"
    )
    assert recognise_wav(path, model).text.startswith("jeg skal have et nyt pas")


def test_a_recording_of_silence_has_no_words(model, tmp_path):
    path = tmp_path / "silence.wav"
    path.write_bytes(silence(2).wav())

    assert recognise_wav(path, model) == Words(text="")


NEEDED = "Needed is a WAV file of PCM: 1 channel, 16 bit, 8000 Hz or more."
# Where the head of a WAV file tells channels, samples a second and bits. Source: RFC 2361, appendix A.
CHANNELS, RATE, BITS = 22, 24, 34


@pytest.mark.parametrize(
    ("place", "byte", "found"),
    [
        (CHANNELS, 2, "2 channel(s), 16 bit, 8000 Hz"),
        (BITS, 8, "1 channel(s), 8 bit, 8000 Hz"),
        (RATE + 1, 0x0F, "1 channel(s), 16 bit, 3904 Hz"),
    ],
)
def test_a_recording_of_another_kind_is_told_with_what_is_needed(model, tmp_path, place, byte, found):
    wav = bytearray(silence(1).wav())
    wav[place] = byte
    path = tmp_path / "call.wav"
    path.write_bytes(wav)

    with pytest.raises(BadRecording) as refused:
        recognise_wav(path, model)

    assert (refused.value.text, refused.value.hint) == (f"{path} has {found}.", NEEDED)


@pytest.mark.parametrize("content", [b"", b"no sound", silence(1).wav()[:20]])
def test_what_is_no_recording_is_told(model, tmp_path, content):
    path = tmp_path / "call.wav"
    path.write_bytes(content)

    with pytest.raises(BadRecording, match="it is no WAV file of PCM"):
        recognise_wav(path, model)


def test_a_recording_that_is_not_there_is_told(model, tmp_path):
    with pytest.raises(BadRecording, match="No such file"):
        recognise_wav(tmp_path / "nothing.wav", model)
