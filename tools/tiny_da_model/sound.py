"""Samples at the telephone's 8 kHz: resampling, loudness, the band of a line, G.711 µ-law."""

from functools import cache

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]
Samples16 = npt.NDArray[np.int16]

TELEPHONE_RATE = 8000
LOWEST, HIGHEST = -32768, 32767
FULL_SCALE = 32768.0
_PADDING = 1024  # samples on each side, so that the ends do not meet in the Fourier transform
_BLOCK = 256  # the transform is fast when its length has small factors
_FADED_SHARE = 0.03  # of the spectrum below its new end: a hard edge would ring
_BIAS, _CLIP = 132, 32635  # G.711 in 16-bit steps


def resample(samples: npt.ArrayLike, from_rate: float, to_rate: float = TELEPHONE_RATE) -> Samples:
    """The same sound at another rate, with what the lower rate cannot carry taken away."""
    given = np.asarray(samples, np.float64)
    length = len(given) + 2 * _PADDING
    length += -length % _BLOCK
    new_length = round(length * to_rate / from_rate)
    padded = np.zeros(length)
    padded[_PADDING : _PADDING + len(given)] = given
    spectrum = np.fft.rfft(padded)
    kept = new_length // 2 + 1
    if kept < len(spectrum):
        spectrum = spectrum[:kept].copy()
        faded = max(1, int(_FADED_SHARE * kept))
        spectrum[-faded:] *= np.linspace(1, 0, faded)
    scaled = np.fft.irfft(spectrum, new_length) * (new_length / length)
    start = round(_PADDING * new_length / length)
    return scaled[start : start + round(len(given) * new_length / length)]


def loudness(samples: Samples) -> float:
    """Root mean square of the samples, a little above zero even for silence: it can be divided by."""
    return float(np.sqrt(np.mean(samples * samples) + 1e-9))


def at_level(samples: Samples, decibels: float) -> Samples:
    """The sound with its root mean square at `decibels` of full scale (0 is the loudest, -20 a usual voice)."""
    return samples * (10 ** (decibels / 20) * FULL_SCALE / loudness(samples))


def in_band(samples: Samples, low: float = 300.0, high: float = 3400.0, tilt_decibels: float = 0.0) -> Samples:
    """What a telephone line lets through: `low` to `high` Hz, with `tilt_decibels` more at every further 2 kHz.

    The usual band is that of ITU-T G.712.
    """
    frequencies = np.fft.rfftfreq(len(samples), 1.0 / TELEPHONE_RATE)
    gain = 1 / (1 + (low / np.maximum(frequencies, 1.0)) ** 8) / (1 + (frequencies / high) ** 24)
    gain *= 10 ** (tilt_decibels * (frequencies - 1500) / 2000 / 20)
    return np.fft.irfft(np.fft.rfft(samples) * gain, len(samples))


def to_16_bit(samples: Samples) -> Samples16:
    """Whole samples; what is too loud is clipped."""
    return np.clip(np.round(samples), LOWEST, HIGHEST).astype(np.int16)


def to_mulaw(samples: Samples16) -> bytes:
    """G.711 µ-law, one byte a sample."""
    return _encoded()[samples.astype(np.int32) - LOWEST].tobytes()


def from_mulaw(encoded: bytes) -> Samples16:
    """The samples of G.711 µ-law."""
    return _decoded()[np.frombuffer(encoded, np.uint8)]


@cache
def _encoded() -> npt.NDArray[np.uint8]:
    """The byte of every sample from the lowest to the highest."""
    samples = np.arange(LOWEST, HIGHEST + 1)
    magnitude = np.minimum(np.abs(samples), _CLIP) + _BIAS
    segment = np.floor(np.log2(magnitude)).astype(np.int64) - 7
    step = magnitude >> (segment + 3) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    return np.asarray(~(sign | segment << 4 | step) & 0xFF, np.uint8)


@cache
def _decoded() -> Samples16:
    """The sample of every byte."""
    inverted = ~np.arange(256) & 0xFF
    magnitude = (((inverted & 0x0F) * 2 + 33) << ((inverted >> 4 & 7) + 2)) - _BIAS
    return np.where(inverted & 0x80, -magnitude, magnitude).astype(np.int16)
