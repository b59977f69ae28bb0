"""Recordings instead of calls: what Vosk hears in a WAV file."""

import wave
from pathlib import Path

from ivr.adapters.recognition.stream import TELEPHONE_RATE, utterance
from ivr.adapters.recognition.vosk import Model
from ivr.domain.errors import IvrError
from ivr.domain.heard import Words

_PIECE_SECONDS = 0.2
_CHANNELS, _SAMPLE_BYTES = 1, 2
_NEEDED = f"Needed is a WAV file of PCM: {_CHANNELS} channel, {8 * _SAMPLE_BYTES} bit, {TELEPHONE_RATE} Hz or more."


class BadRecording(IvrError):
    """A file is no recording that can be listened to."""

    code = "bad_recording"


def recognise_wav(path: Path, model: Model, phrases: tuple[str, ...] = ()) -> Words:
    """All that is said in a WAV file (PCM of 16 bit, one channel, 8000 Hz or more), pauses or not; `text` is empty where nothing is.

    `phrases` are what is expected; without them the model listens for its whole language. Raises `BadRecording`.
    """
    try:
        with wave.open(str(path), "rb") as file:
            channels, sample_bytes, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            # Vosk brings a higher rate down; a lower one it refuses in the middle of its work.
            if (channels, sample_bytes) != (_CHANNELS, _SAMPLE_BYTES) or rate < TELEPHONE_RATE:
                raise BadRecording(
                    f"{path} has {channels} channel(s), {8 * sample_bytes} bit, {rate} Hz.", hint=_NEEDED
                )
            recogniser = model.recogniser(phrases, rate)
            said = []
            while piece := file.readframes(round(rate * _PIECE_SECONDS)):
                if recogniser.AcceptWaveform(piece):
                    said.append(utterance(recogniser.Result()))
    except (OSError, EOFError, wave.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no WAV file of PCM"
        raise BadRecording(f"{path} cannot be read: {reason}.", hint=_NEEDED) from None
    said.append(utterance(recogniser.FinalResult()))
    return Words(text=" ".join(heard.text for heard in said if heard.text))
