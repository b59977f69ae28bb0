"""The waiting music, cut to the second: a waiting document must last 20 to 25 s, whatever is said in it first."""

import io
import wave
from array import array
from functools import cache
from pathlib import Path

_PIECE = Path(__file__).parents[1] / "pages" / "static" / "music" / "waiting.wav"
_FADE_SECONDS = 0.5
LONGEST_SECONDS = 22


@cache
def first_seconds(seconds: int) -> bytes:
    """The first `seconds` (1 to `LONGEST_SECONDS`) of the piece as a WAV file, faded out at the end."""
    with wave.open(str(_PIECE), "rb") as piece:
        rate = piece.getframerate()
        frames = array("h", piece.readframes(seconds * rate))
        parameters = piece.getparams()
    fade = min(len(frames), round(_FADE_SECONDS * rate))
    for step in range(fade):
        frames[-1 - step] = frames[-1 - step] * step // fade
    cut = io.BytesIO()
    with wave.open(cut, "wb") as file:
        file.setparams(parameters)
        file.writeframes(frames.tobytes())
    return cut.getvalue()
