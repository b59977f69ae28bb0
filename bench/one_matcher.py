"""One fresh process that hears callers: what its memory goes to, how long each utterance takes, and who holds up whom.

Run by `bench.match`, which counts the seconds from its start to the line that says `ready`:
`python -m bench.one_matcher`.
"""

import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, field

# What the libraries take by themselves: everything that our modules import of others.
import hassil  # noqa: F401
import numpy as np  # noqa: F401
import psutil
import pydantic  # noqa: F401
import rapidfuzz  # noqa: F401
import structlog  # noqa: F401
import yaml  # noqa: F401

_PROCESS = psutil.Process()
_LIBRARIES = _PROCESS.memory_info().rss

from bench.labelled import LANGUAGES, ears_of_the_town, labelled  # noqa: E402 -- the libraries were to be weighed first

_BEAT_SECONDS = 0.001
_SWITCH_SECONDS = 0.0001
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Megabytes: of the libraries alone, once all languages are loaded, and after every utterance.

    Milliseconds: of a processor for each utterance, and the longest that a thread had to wait for its turn where Python
    changes threads as often as it can, beside utterances and beside nobody; the latter is what this machine does to it by
    itself.
    """

    libraries: float
    loaded: float
    after: float
    each: list[float]
    longest_wait: float
    longest_wait_alone: float


@dataclass
class Metronome:
    """A thread that wants the interpreter every millisecond, and remembers the longest that it had to wait for it."""

    longest_seconds: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Metronome":
        self._thread = threading.Thread(target=self._beat)
        self._thread.start()
        return self

    def _beat(self) -> None:
        while not self._over.is_set():
            began = time.perf_counter()
            time.sleep(_BEAT_SECONDS)
            self.longest_seconds = max(self.longest_seconds, time.perf_counter() - began - _BEAT_SECONDS)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def main() -> None:
    """Load everything, answer once in each language, and then every labelled utterance, one after the other."""
    heard = ears_of_the_town()
    for language in LANGUAGES:
        heard.matcher.hear("", language)
    print("ready", flush=True)
    loaded = _PROCESS.memory_info().rss
    rows = [(row.text, language) for language in LANGUAGES for row in labelled(language, heard).both]
    each = []
    for text, language in rows:
        began = time.thread_time()
        heard.matcher.hear(text, language)
        each.append(1000 * (time.thread_time() - began))
    # Python lets a thread have its 5 ms by choice; what is looked for is what cannot be interrupted.
    sys.setswitchinterval(_SWITCH_SECONDS)
    began = time.perf_counter()
    with Metronome() as beside:
        for text, language in rows:
            heard.matcher.hear(text, language)
    with Metronome() as alone:
        time.sleep(time.perf_counter() - began)
    weighed = Weighed(
        libraries=_LIBRARIES / _MEGABYTE,
        loaded=loaded / _MEGABYTE,
        after=_PROCESS.memory_info().rss / _MEGABYTE,
        each=each,
        longest_wait=1000 * beside.longest_seconds,
        longest_wait_alone=1000 * alone.longest_seconds,
    )
    json.dump(asdict(weighed), sys.stdout)


if __name__ == "__main__":
    main()
