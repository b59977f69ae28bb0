"""Recordings instead of calls: what Vosk hears in a WAV file."""

import wave
from pathlib import Path

from ivr.adapters.recognition.stream import utterance
from ivr.adapters.recognition.vosk import Model
from ivr.domain.errors import IvrError
from ivr.domain.heard import Words

_PIECE_SECONDS = 0.2


class BadRecording(IvrError):
    """A file is no recording that can be listened to."""

    code = "bad_recording"


def recognise_wav(path: Path, model: Model, phrases: tuple[str, ...] = ()) -> Words:
    """All that is said in a WAV file (16 bit, one channel, any rate), pauses or not; `text` is empty where nothing is.

    `phrases` are what is expected; without them the model listens for its whole language. Raises `BadRecording`.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise BadRecording(f"{path} is not a WAV file of 16 bit and one channel.", hint="Convert it first.")
            recogniser = model.recogniser(phrases, file.getframerate())
            said = []
            while piece := file.readframes(round(file.getframerate() * _PIECE_SECONDS)):
                if recogniser.AcceptWaveform(piece):
                    said.append(utterance(recogniser.Result()))
    except (OSError, EOFError, wave.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no WAV file"
        raise BadRecording(f"{path} cannot be read: {reason}.", hint="Name a WAV file.") from None
    said.append(utterance(recogniser.FinalResult()))
    return Words(text=" ".join(heard.text for heard in said if heard.text))
