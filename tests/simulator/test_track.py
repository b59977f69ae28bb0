"""The sound of a line has its place in time: what is said comes whole and in order, and the rest is silence."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivr.simulator.track import RATE, SILENCE, Track, seconds_of

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FRAME = timedelta(milliseconds=20)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def frames(track: Track, seconds: float) -> bytes:
    """What a stream hears that takes 20 ms at a time."""
    return b"".join(track.between(BEGAN + n * FRAME, BEGAN + (n + 1) * FRAME) for n in range(round(seconds * 50)))


@given(st.lists(st.tuples(st.integers(0, 900), st.binary(min_size=1, max_size=3000)), max_size=6))
def test_every_piece_is_heard_whole_and_in_order_however_it_falls_into_frames(pieces):
    track = Track()
    moment = 0.0
    for pause_milliseconds, piece in pieces:
        moment += pause_milliseconds / 1000
        track.say(piece, at(moment))

    heard = frames(track, moment + sum(seconds_of(piece) for _, piece in pieces) + 0.1)

    assert heard.replace(SILENCE, b"") == b"".join(piece for _, piece in pieces).replace(SILENCE, b"")


def test_where_nobody_speaks_there_is_silence():
    assert Track().between(BEGAN, at(1)) == SILENCE * RATE


def test_who_speaks_again_before_the_end_is_heard_after_it():
    track = Track()
    track.say(b"a" * 800, at(0))

    assert track.say(b"b" * 800, at(0.05)) == at(0.2)
    assert frames(track, 0.2) == b"a" * 800 + b"b" * 800


def test_a_microphones_late_pieces_leave_no_hole():
    track = Track()
    for n, late in enumerate((0.0, 0.03, 0.01, 0.06)):
        track.say(bytes([n]) * 160, at(n * 0.02 + late), lead=0.1)

    assert frames(track, 0.3).strip(SILENCE) == b"".join(bytes([n]) * 160 for n in range(4))


def test_sound_that_is_long_past_is_forgotten():
    track = Track()
    track.say(b"a" * 800, at(0))
    track.say(b"b" * 800, at(10))

    assert track.between(at(0), at(1)) == SILENCE * RATE
