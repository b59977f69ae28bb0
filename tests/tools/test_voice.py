"""The callers' voice of the tests, heard by the real recogniser."""

import io
import json
import subprocess
import sys
import wave
from pathlib import Path

import pytest
import vosk

from tests.kit.voice import CALLERS, Sound, main, noise, say, silence
from tools.tiny_da_model.espeak import NoSuchVoice

ROOT = Path(__file__).parents[2]
PHRASES = (
    "jeg skal have et nyt pas",
    "jeg vil gerne søge om byggetilladelse",
    "min skraldespand er ikke blevet tømt",
    "hvornår har rådhuset åbent",
    "ja tak",
    "nej",
)


@pytest.fixture(scope="module")
def model() -> vosk.Model:
    vosk.SetLogLevel(-1)
    return vosk.Model(str(ROOT / "tests/data/vosk-model-tiny-da"))


def heard(model: vosk.Model, sound: Sound) -> list[str]:
    """What Vosk makes of a line, frame by frame, when it listens for PHRASES."""
    grammar = json.dumps([*PHRASES, "[unk]"], ensure_ascii=False)  # Vosk does not read \u escapes
    recogniser = vosk.KaldiRecognizer(model, 8000, grammar)
    results = [recogniser.Result() for frame in sound.frames() if recogniser.AcceptWaveform(Sound(frame).pcm())]
    texts = [json.loads(result)["text"] for result in [*results, recogniser.FinalResult()]]
    return [text for text in texts if text]


@pytest.mark.parametrize("voice", CALLERS)
@pytest.mark.parametrize("phrase", PHRASES)
def test_what_is_said_is_heard(model: vosk.Model, phrase: str, voice: str) -> None:
    assert heard(model, silence(0.3) + say(phrase, voice=voice) + silence(1)) == [phrase]


def test_capitals_punctuation_and_abbreviations_are_said_as_people_say_them(model: vosk.Model) -> None:
    assert heard(model, say("Jeg skal have et nyt pas.") + silence(1)) == ["jeg skal have et nyt pas"]
    assert say("CPR") == say("se pe er")


@pytest.mark.parametrize("decibels", [-50, -40, -25])
def test_noise_alone_is_nothing_heard(model: vosk.Model, decibels: float) -> None:
    assert heard(model, noise(4, decibels=decibels)) == []


def test_silence_alone_is_nothing_heard(model: vosk.Model) -> None:
    assert heard(model, silence(4)) == []


def test_english_is_spoken_too_and_not_taken_for_a_danish_phrase(model: vosk.Model) -> None:
    english = say("Hello, I would like to talk to somebody about my garden", voice="en")

    assert english != say("Hello, I would like to talk to somebody about my garden")
    assert not set(heard(model, english + silence(1))) & set(PHRASES)


def test_the_same_words_are_the_same_bytes_in_every_process() -> None:
    script = "from tests.kit.voice import say; import sys; sys.stdout.buffer.write(say('ja tak', voice='da+f4').mulaw)"

    elsewhere = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)

    assert elsewhere.stdout == say("ja tak", voice="da+f4").mulaw


def test_a_line_is_carried_in_frames_of_20_milliseconds() -> None:
    frames = list((silence(0.05) + say("nej")).frames())

    assert {len(frame) for frame in frames} == {160}
    assert frames[:2] == [b"\xff" * 160] * 2


def test_sounds_know_how_long_they_are() -> None:
    assert silence(1.5).seconds == 1.5
    assert (silence(1) + noise(0.5)).seconds == 1.5


def test_a_sound_is_a_wav_file_of_a_telephone() -> None:
    sound = say("ja tak")

    with wave.open(io.BytesIO(sound.wav())) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (8000, 1, 2)
        assert wav.readframes(wav.getnframes()) == sound.pcm()


def test_an_unknown_voice_and_an_empty_text_are_refused() -> None:
    with pytest.raises(NoSuchVoice, match='no voice "nobody"'):
        say("ja", voice="nobody")
    with pytest.raises(ValueError, match=r"nothing to say in '\.\.\.'"):
        say("...")


def test_a_sentence_can_be_written_down_to_listen_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ja tak", str(tmp_path / "ja.wav")]) == 0
    assert (tmp_path / "ja.wav").read_bytes() == say("ja tak").wav()

    assert main(["ja tak", str(tmp_path / "ja.wav"), "--voice", "nobody"]) == 1
    assert 'no voice "nobody"' in capsys.readouterr().err
