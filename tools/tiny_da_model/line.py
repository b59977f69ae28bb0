"""What a telephone line does to a voice: echo, noise, a narrow band, lost packets, coarse samples; all drawn by chance."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from tools.tiny_da_model.sound import (
    FULL_SCALE,
    TELEPHONE_RATE,
    Samples,
    Samples16,
    from_mulaw,
    in_band,
    loudness,
    to_16_bit,
    to_mulaw,
)

_NOISES = ("white", "pink", "brown", "hum", "murmur")
_NOISE_SHARES = (0.25, 0.25, 0.15, 0.1, 0.25)
_POWER_OF_NOISE = {"white": 0.0, "pink": 0.5, "brown": 1.0}
_KEYS = tuple((row, column) for row in (697, 770, 852, 941) for column in (1209, 1336, 1477))  # Hz, ITU-T Q.23
_RING_TONE = 425  # Hz, the tone of Danish exchanges
_LOST_PACKET = 160  # samples, 20 ms


def noise(chance: Generator, length: int, kind: str, murmur: Samples | None = None) -> Samples:
    """So many samples of noise: white, pink, brown, a mains hum, or people who murmur."""
    if kind == "murmur" and murmur is not None and len(murmur) > length:
        return _people(chance, length, murmur)
    white = chance.standard_normal(length)
    if kind == "hum":
        return _hum(chance, length) + 0.1 * white
    frequencies = np.fft.rfftfreq(length, 1.0 / TELEPHONE_RATE)
    spectrum = np.fft.rfft(white) / np.maximum(frequencies, 30.0) ** _POWER_OF_NOISE.get(kind, 0.5)
    coloured = np.fft.irfft(spectrum, length)
    if chance.random() < 0.3:  # it comes and goes
        knots = max(2, length // 4000)
        coloured *= np.interp(np.arange(length), np.linspace(0, length, knots), chance.uniform(0.2, 1, knots))
    return coloured


def other_sounds(chance: Generator, length: int, count: int) -> Samples:
    """Silence with `count` sounds of a line that are not speech: keys, tones, coughs, clicks, music."""
    samples = np.zeros(length)
    for _ in range(count):
        sound = _other_sound(chance)[:length]
        start = int(chance.integers(0, length - len(sound) + 1))
        samples[start : start + len(sound)] += sound * 10 ** (chance.uniform(-25, 3) / 20)
    return samples


def _other_sound(chance: Generator) -> Samples:
    """One of the sounds, as loud as any other."""
    sound = _OTHER_SOUNDS[str(chance.choice(list(_OTHER_SOUNDS)))](chance)
    return sound / (loudness(sound) + 1e-6)


def _key(chance: Generator) -> Samples:
    seconds = _seconds(chance.uniform(0.06, 0.3))
    row, column = _KEYS[int(chance.integers(len(_KEYS)))]
    return np.sin(2 * np.pi * row * seconds) + np.sin(2 * np.pi * column * seconds)


def _ring(chance: Generator) -> Samples:
    return np.sin(2 * np.pi * _RING_TONE * _seconds(chance.uniform(0.1, 1.0)))


def _beep(chance: Generator) -> Samples:
    seconds = _seconds(chance.uniform(0.1, 1.0))
    return np.sin(2 * np.pi * chance.uniform(350, 2500) * seconds)


def _burst(chance: Generator) -> Samples:
    """A cough, a breath, a knock."""
    length = int(chance.uniform(0.05, 0.5) * TELEPHONE_RATE)
    low = chance.uniform(100, 1200)
    burst = in_band(chance.standard_normal(length), low, low + chance.uniform(300, 2500))
    return burst * np.interp(np.arange(length), [0, length * chance.uniform(0.02, 0.5), length], [0, 1, 0])


def _click(chance: Generator) -> Samples:
    length = int(chance.uniform(0.003, 0.02) * TELEPHONE_RATE)
    return chance.standard_normal(length) * np.linspace(1, 0, length)


def _music(chance: Generator) -> Samples:
    seconds = _seconds(chance.uniform(0.5, 1.5))
    notes = np.zeros(len(seconds))
    for _ in range(int(chance.integers(2, 7))):
        pitch = 220 * 2 ** (chance.integers(0, 30) / 12)
        struck = chance.uniform(0, seconds[-1])
        fading = np.where(seconds >= struck, np.exp(-(seconds - struck) * chance.uniform(1, 6)), 0)
        notes += fading * np.sum([np.sin(2 * np.pi * pitch * k * seconds) / k for k in (1, 2, 3)], axis=0)
    return notes


_OTHER_SOUNDS: dict[str, Callable[[Generator], Samples]] = {
    "key": _key,
    "ring": _ring,
    "beep": _beep,
    "burst": _burst,
    "click": _click,
    "music": _music,
}


def _seconds(duration: float) -> Samples:
    """The time of every sample."""
    return np.arange(int(duration * TELEPHONE_RATE)) / TELEPHONE_RATE


def over_the_line(samples: Samples, chance: Generator, murmur: Samples) -> Samples16:
    """The sound as it might arrive."""
    clean = chance.random() < 0.15
    in_a_room = chance.random() < 0.3
    if in_a_room and not clean:
        samples = _echo(samples, chance, chance.uniform(0.08, 0.5), chance.uniform(0.1, 0.6))
    level = 10 ** (chance.uniform(-44, -10) / 20) * FULL_SCALE
    samples = samples * (level / loudness(samples))
    if not clean:
        samples = samples + _noise_below(samples, chance, murmur)
    if chance.random() < 0.7:
        samples = in_band(samples, chance.uniform(150, 350), chance.uniform(3200, 3700), chance.uniform(-6, 6))
    if chance.random() < 0.05:
        for _ in range(chance.integers(1, 4)):
            start = chance.integers(0, max(1, len(samples) - _LOST_PACKET))
            samples[start : start + _LOST_PACKET] = 0
    whole = to_16_bit(samples)
    return from_mulaw(to_mulaw(whole)) if chance.random() < 0.65 else whole


def _noise_below(samples: Samples, chance: Generator, murmur: Samples) -> Samples:
    decibels_below = chance.uniform(2, 35) if chance.random() < 0.85 else 60
    drawn = noise(chance, len(samples), str(chance.choice(_NOISES, p=_NOISE_SHARES)), murmur)
    if chance.random() < 0.5:
        drawn = in_band(drawn, 250, 3500)
    return drawn * (loudness(samples) / loudness(drawn) * 10 ** (-decibels_below / 20))


def _people(chance: Generator, length: int, murmur: Samples) -> Samples:
    together = np.zeros(length)
    for _ in range(chance.integers(2, 6)):
        start = chance.integers(0, len(murmur) - length)
        together += murmur[start : start + length] * chance.uniform(0.4, 1)
    return together


def _hum(chance: Generator, length: int) -> Samples:
    seconds = np.arange(length) / TELEPHONE_RATE
    base = chance.choice([50.0, 100.0])
    hum = np.zeros(length)
    for k in range(1, 9):
        hum += np.sin(2 * np.pi * base * k * seconds + chance.uniform(0, 6)) / k
    return hum


def _echo(samples: Samples, chance: Generator, decay_seconds: float, share: float) -> Samples:
    """The sound in a room whose echo falls by 60 dB in `decay_seconds`."""
    length = int(decay_seconds * TELEPHONE_RATE)
    seconds = np.arange(length) / TELEPHONE_RATE
    response = chance.standard_normal(length) * 10 ** (-3 * seconds / decay_seconds)
    response[: int(0.002 * TELEPHONE_RATE)] = 0
    response *= share / np.sqrt((response * response).sum() + 1e-9)
    response[0] = 1.0
    total = len(samples) + length
    heard = np.fft.irfft(np.fft.rfft(samples, total) * np.fft.rfft(response, total), total)
    return heard[: len(samples)]
