"""What listening costs, beside bare Vosk behind a bare socket, and how soon after the last word a caller is answered.

A real `ivr listen` and the floor are sent the same sound over real sockets at the pace of life. `python -m bench.speech`
prints tables, and with `--write` puts figures and plot into `docs/speech.md`. Model and voices are those of the tests.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import requests
from sqlalchemy import text

from bench.labelled import ears_of_the_town
from bench.listening import DANISH, MODEL, Calls, bare_streams, expected, running, said, town_of
from bench.serving import OURS, free_port, served
from ivr.adapters.recognition.stream import TELEPHONE_RATE
from ivr.adapters.recognition.vosk import Model
from ivr.adapters.store import database
from tests.kit.database import emptied
from tests.kit.media import MediaStream
from tests.kit.processes import heard, open_listening_town, until
from tests.kit.town import MAIN

STREAMS = (8, 24)
_BUILT = 40
_FRAME_BYTES = 320  # 20 ms
_CALLS = 12
_MOST = 1.5
_DECISION = "ivr_listening_decision_seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """A process that listens: where its socket is, and how the streams of as many new callers reach it."""

    name: str
    process: psutil.Process
    streams: Callable[[int], list[MediaStream]]

    def cpu_seconds(self) -> float:
        used = self.process.cpu_times()
        return float(used.user + used.system)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """CPU in milliseconds per second of sound and per stream; megabytes at the end."""

    each_second: float
    each_stream: float
    resident: float


Found = Mapping[tuple[str, int], Figures]
"""By the ear's name and how many spoke at a time."""


def main() -> None:
    """Measure everything, print it, and write it if asked to."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--write", action="store_true", help="put figures and plot into docs/")
    asked = arguments.parse_args()
    vocabulary = "\n".join(_vocabulary())
    print(vocabulary)
    with tempfile.TemporaryDirectory() as folder, database.embedded(Path(folder) / "postgres") as url:
        database.upgrade(url)
        found, decisions = _listened(url, Path(folder), asked.rounds)
        streams = "\n".join([*_streams(found), "", *_decisions(decisions)])
        print(streams)
        _empty(url)
        answers = "\n".join(_answers(url, Path(folder) / "town"))
        print(answers)
    if asked.write:
        from bench import report  # noqa: PLC0415 -- matplotlib is needed for nothing else

        report.write("speech-vocabulary", vocabulary, page="speech.md")
        report.write("speech-streams", streams, page="speech.md")
        report.write("speech-answers", answers, page="speech.md")
        report.draw_streams(found, _MOST)


def _vocabulary() -> Iterator[str]:
    """What a recogniser of the open question costs before it has heard anything, and then."""
    grammar = ears_of_the_town().hearings[DANISH].grammar
    phrases = tuple(dict.fromkeys(phrase.text for phrase in grammar.phrases))
    model = Model(MODEL)
    words = {word for phrase in phrases for word in phrase.lower().split()}
    known = sum(map(model.knows, words))
    kinds = {"anything": (), "the gist of the phrases": expected(), "every phrase": phrases}
    sound = said(0).pcm()
    yield f"{'expected':28}{'phrases':>9}{'ms to make':>12}{'MB each':>9}{'ms a second':>13}"
    for name, phrases_of_it in kinds.items():
        model.recogniser(phrases_of_it, TELEPHONE_RATE)
        before, began = psutil.Process().memory_info().rss, time.process_time()
        made = [model.recogniser(phrases_of_it, TELEPHONE_RATE) for _ in range(_BUILT)]
        took, began = time.process_time() - began, time.process_time()
        for recogniser in made:
            for start in range(0, len(sound), _FRAME_BYTES):
                recogniser.AcceptWaveform(sound[start : start + _FRAME_BYTES])
        decoded = (time.process_time() - began) / (said(0).seconds * _BUILT)
        resident = (psutil.Process().memory_info().rss - before) / _BUILT
        yield (
            f"{name:28}{len(phrases_of_it):>9}{1000 * took / _BUILT:>12.1f}{resident / 1e6:>9.1f}{1000 * decoded:>13.1f}"
        )
        del made, recogniser
    yield f"The model of the tests knows {known} of the {len(words)} words."


def _listened(url: str, folder: Path, rounds: int) -> tuple[Found, Mapping[int, Mapping[str, float]]]:
    port, bare_port = free_port(), free_port()
    environment = town_of(folder, url, port)
    phrases = json.dumps(expected())
    listen = ["ivr", "listen", "--port", str(port), "--workers", "2"]
    bare = ["bench.bare_ear", str(MODEL), str(bare_port)]
    with (
        served(OURS, environment) as web,
        running(listen, environment, port) as ours,
        running(bare, environment, bare_port, phrases) as floor,
    ):
        calls = Calls(web)
        ears = (
            Ear(name="bare Vosk", process=floor, streams=partial(bare_streams, bare_port)),
            Ear(name="ivr listen", process=ours, streams=calls.streams),
        )
        rows: dict[tuple[str, int], list[Figures]] = {}
        decisions: dict[int, dict[str, float]] = {}
        for count in STREAMS:
            before = _decided(port)
            for number in range(rounds):
                for ear in ears:
                    rows.setdefault((ear.name, count), []).append(_listen(ear, count, number))
                    print(".", end="", file=sys.stderr, flush=True)
            decisions[count] = {name: value - before.get(name, 0.0) for name, value in _decided(port).items()}
        print(file=sys.stderr)
    return {key: _middle(found) for key, found in rows.items()}, decisions


def _listen(ear: Ear, count: int, number: int) -> Figures:
    # Spread over two seconds: callers do not come to an end all at once.
    sounds = [said(number + caller, before=2 + 2 * caller / count) for caller in range(count)]
    began = ear.cpu_seconds()
    streams = [stream.start() for stream in ear.streams(count)]
    callers = [
        threading.Thread(target=stream.says, args=(sound,)) for stream, sound in zip(streams, sounds, strict=True)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    for stream in streams:
        stream.socket.close()
    used = ear.cpu_seconds() - began
    return Figures(
        each_second=1000 * used / sum(sound.seconds for sound in sounds),
        each_stream=1000 * used / count,
        resident=ear.process.memory_info().rss / 1e6,
    )


def _decided(port: int) -> dict[str, float]:
    """How many decisions stood within which time, and seconds in all, as the listener itself has counted."""
    session = requests.Session()
    session.trust_env = False
    lines = session.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text.splitlines()
    found = (line.rsplit(" ", 1) for line in lines if line.startswith(_DECISION))
    return {name.removeprefix(_DECISION): float(value) for name, value in found}


def _empty(url: str) -> None:
    engine = database.connect(url)
    emptied(engine)
    engine.dispose()


def _answers(url: str, folder: Path) -> Iterator[str]:
    """Whole calls by the simulated carrier, one after the other: from the decision to the document that it brings."""
    folder.mkdir()
    waits = []
    with open_listening_town(url, folder) as town, town.parts.engine.connect() as db:
        for number in range(_CALLS):
            line = town.carrier.phone(f"+45203050{number:02d}").dial(MAIN)
            heard(line, "Hvad drejer dit opkald sig om")
            until(lambda line=line: line.is_listened_to, within=5, why="the caller is listened to")
            before = len(line.heard)
            line.speak(said(number, before=0.0).mulaw)
            until(lambda line=line, before=before: len(line.heard) > before, within=15, why="the answer is heard")
            query = text(
                "SELECT e.at FROM events e JOIN legs l ON l.contact_id = e.contact_id"
                " WHERE l.call_id = :call AND e.kind = 'heard' ORDER BY e.id LIMIT 1"
            )
            decided = db.execute(query, {"call": line.sid}).scalar_one()
            db.rollback()
            waits.append(1000 * (line.heard[before].at - decided).total_seconds())
            line.hang_up()
    yield f"{'from what was heard to the next document, ms':46}{'p50':>8}{'most':>8}"
    yield f"{f'{_CALLS} calls, one after the other':46}{statistics.median(waits):>8.0f}{max(waits):>8.0f}"


def _middle(found: Sequence[Figures]) -> Figures:
    return Figures(
        each_second=statistics.median(one.each_second for one in found),
        each_stream=statistics.median(one.each_stream for one in found),
        resident=max(one.resident for one in found),
    )


def _streams(found: Found) -> Iterator[str]:
    yield f"{'':14}{'streams':>8}{'ms a second':>13}{'ms a stream':>13}{'×':>7}{'a core':>8}{'MB':>7}"
    for (name, count), one in found.items():
        ratio = one.each_stream / found["bare Vosk", count].each_stream
        yield (
            f"{name:14}{count:>8}{one.each_second:>13.1f}{one.each_stream:>13.0f}{ratio:>7.2f}"
            f"{1000 / one.each_second:>8.0f}{one.resident:>7.0f}"
        )


def _decisions(found: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    limits = ("0.01", "0.02", "0.04", "0.06", "0.1")
    heads = "".join(f"{f'≤ {float(limit) * 1000:.0f} ms':>10}" for limit in limits)
    yield f"{'from the end of speech to the decision':40}{'decisions':>10}{'mean ms':>9}{heads}"
    for count, one in found.items():
        total = one["_count"]
        cells = "".join(f"{one[_bucket(limit)] / total:>10.0%}" for limit in limits)
        yield f"{f'{count} at a time':40}{total:>10.0f}{1000 * one['_sum'] / total:>9.1f}{cells}"


def _bucket(limit: str) -> str:
    return f'_bucket{{le="{limit}"}}'


if __name__ == "__main__":
    main()
