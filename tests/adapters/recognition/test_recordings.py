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


def test_what_is_no_recording_is_told(model, tmp_path):
    (tmp_path / "text.wav").write_text("no sound")
    stereo = bytearray(silence(1).wav())
    stereo[22] = 2
    (tmp_path / "stereo.wav").write_bytes(stereo)

    with pytest.raises(BadRecording, match="it is no WAV file"):
        recognise_wav(tmp_path / "text.wav", model)
    with pytest.raises(BadRecording, match="No such file"):
        recognise_wav(tmp_path / "nothing.wav", model)
    with pytest.raises(BadRecording, match="not a WAV file of 16 bit and one channel"):
        recognise_wav(tmp_path / "stereo.wav", model)
