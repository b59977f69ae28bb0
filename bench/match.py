"""What understanding an utterance costs, and how good it is beside two plain ways to do it, over the same phrases.

`python -m bench.match` prints tables, and with `--write` puts figures and plot into `docs/speech.md`. The kept half of the
labelled utterances is counted, and none of its rows is shown.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.labelled import LANGUAGES, ROOT, Halves, ears_of_the_town, labelled
from bench.one_matcher import Weighed
from ivr.cli.ears import Ears
from ivr.domain.language import Language
from ivr.domain.speech.evaluation import Report, Utterance, answered, report
from ivr.domain.speech.grammar import Grammar
from ivr.domain.speech.normalise import normalised

Nearest = Callable[[str], str]
"""The topic of the phrase that lies nearest to a text."""

_SCORERS = (fuzz.token_sort_ratio, fuzz.token_set_ratio, fuzz.WRatio)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A plain way to do it on both halves: shares of clear rows that are right, and milliseconds an utterance."""

    name: str
    tuning: float
    kept: float
    each: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """One language: ours on each half, and the plain ways."""

    language: Language
    tuning: Report
    kept: Report
    plain: Sequence[Plain]


def main() -> None:
    """Measure everything, print it, and write it if asked to."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--write", action="store_true", help="put figures and plot into docs/")
    asked = arguments.parse_args()
    heard = ears_of_the_town()
    costs = "\n".join(_costs([_fresh_process() for _ in range(asked.rounds)]))
    print(costs)
    found = [_accuracy(language, heard) for language in LANGUAGES]
    table = "\n".join(_table(found))
    print(table)
    if asked.write:
        from bench import report as pages  # noqa: PLC0415 -- matplotlib is needed for nothing else

        pages.write("match-costs", costs, page="speech.md")
        pages.write("match-accuracy", table, page="speech.md")
        pages.draw_reliability(
            {f"{one.language}, {half}": _half(one, half) for one in found for half in ("tuning", "kept")}
        )


def _fresh_process() -> tuple[float, Weighed]:
    """Seconds from its start until it could answer in every language, and what it weighed."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.one_matcher"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout is not None
        ready = one.stdout.readline()
        seconds = time.perf_counter() - began
        assert ready == "ready\n", ready
        weighed = Weighed(**json.loads(one.stdout.read()))
    return seconds, weighed


def _costs(found: Sequence[tuple[float, Weighed]]) -> Iterator[str]:
    """The median of the processes; of waits the longest too."""

    def middle(figure: Callable[[Weighed], float]) -> float:
        return statistics.median(figure(weighed) for _, weighed in found)

    waits = [weighed.longest_wait for _, weighed in found]
    yield f"{'':50}{'found':>9}{'at most':>9}"
    yield f"{'ms of a processor an utterance, p50':50}{middle(lambda one: statistics.median(one.each)):>9.2f}{2:>9}"
    yield f"{'ms of a processor an utterance, p99':50}{middle(lambda one: _p99(one.each)):>9.2f}{5:>9}"
    yield f"{'longest hold of the interpreter, ms':50}{middle(lambda one: one.longest_wait):>9.1f}{10:>9}"
    yield f"{'  the longest of the processes':50}{max(waits):>9.1f}{10:>9}"
    yield f"{'  seen by a thread with nobody beside it':50}{middle(lambda one: one.longest_wait_alone):>9.1f}"
    yield f"{'MB resident, all languages loaded':50}{middle(lambda one: one.loaded):>9.0f}{200:>9}"
    yield f"{'MB resident, every utterance heard':50}{middle(lambda one: one.after):>9.0f}"
    yield f"{'MB of these, libraries alone':50}{middle(lambda one: one.libraries):>9.0f}"
    yield f"{'s from its start to the first answer':50}{statistics.median(seconds for seconds, _ in found):>9.2f}{3:>9}"
    yield f"{'s, the longest of the processes':50}{max(seconds for seconds, _ in found):>9.2f}"


def _p99(figures: Sequence[float]) -> float:
    return statistics.quantiles(figures, n=100)[98]


def _accuracy(language: Language, heard: Ears) -> Accuracy:
    halves = labelled(language, heard)
    return Accuracy(
        language=language,
        tuning=_ours(language, heard, halves.tuning),
        kept=_ours(language, heard, halves.kept),
        plain=[
            _plain(name, nearest, halves) for name, nearest in _plain_ways(heard.hearings[language].grammar, halves)
        ],
    )


def _ours(language: Language, heard: Ears, rows: Sequence[Utterance]) -> Report:
    return report([answered(row, heard.matcher.hear(row.text, language), heard.bands) for row in rows])


def _plain_ways(grammar: Grammar, halves: Halves) -> Iterator[tuple[str, Nearest]]:
    """Both without rejecting anything; of the scorers of the first the one that is best on the tuning half."""
    phrases = {normalised(phrase.text, grammar.spelling): phrase.topic for phrase in grammar.phrases}
    texts = list(phrases)

    def by(scorer: Callable[..., float]) -> Nearest:
        def nearest(text: str) -> str:
            found = process.extractOne(normalised(text, grammar.spelling), texts, scorer=scorer)
            return phrases[found[0]] if found is not None else ""

        return nearest

    best = max(_SCORERS, key=lambda scorer: _share(by(scorer), halves.tuning))
    yield f"extractOne, {best.__name__}", by(best)
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    vectors = vectorizer.fit_transform(texts)

    def nearest_vector(text: str) -> str:
        alike = vectors @ vectorizer.transform([normalised(text, grammar.spelling)]).T
        return phrases[texts[int(alike.toarray().argmax())]]

    yield "character TF-IDF", nearest_vector


def _plain(name: str, nearest: Nearest, halves: Halves) -> Plain:
    each = []
    for row in halves.both[:200]:
        began = time.perf_counter()
        nearest(row.text)
        each.append(1000 * (time.perf_counter() - began))
    return Plain(name=name, tuning=_share(nearest, halves.tuning), kept=_share(nearest, halves.kept), each=each)


def _share(nearest: Nearest, rows: Sequence[Utterance]) -> float:
    clear = [row for row in rows if not row.topic.startswith("_")]
    return sum(nearest(row.text) == row.topic for row in clear) / len(clear)


def _half(found: Accuracy, half: str) -> Report:
    return found.tuning if half == "tuning" else found.kept


_ROWS: Mapping[str, Callable[[Report], str]] = {
    "rows": lambda one: str(one.rows),
    "clear: right": lambda one: _percent(one.top1),
    "clear: right among the first three": lambda one: _percent(one.top3),
    "clear: asked which of two, in vain": lambda one: _percent(one.asked_in_vain),
    "two-sided: asked which": lambda one: _percent(one.ambiguous_asked),
    "nobody's business: taken up": lambda one: _percent(one.false_accepts),
    "danger: missed": lambda one: f"{one.urgent_missed} of {one.urgent}",
    "needless alarms": lambda one: _percent(one.false_alarms),
    "calibration (ECE)": lambda one: "-" if one.ece is None else f"{one.ece:.3f}",
}


def _table(found: Sequence[Accuracy]) -> Iterator[str]:
    columns = [(one, half) for one in found for half in ("tuning", "kept")]
    yield f"{'':38}" + "".join(f"{f'{one.language}, {half}':>12}" for one, half in columns)
    for name, figure in _ROWS.items():
        yield f"{name:38}" + "".join(f"{figure(_half(one, half)):>12}" for one, half in columns)
    kinds = sorted({kind for one, half in columns for kind in _half(one, half).by_kind})
    for kind in kinds:
        shares = (_half(one, half).by_kind.get(kind) for one, half in columns)
        yield f"  {kind:36}" + "".join(f"{'-' if share is None else f'{share[0]:.1%}':>12}" for share in shares)
    yield ""
    yield f"{'beside it, clear rows that are right':38}{'tuning':>12}{'kept':>12}{'p50 ms':>12}{'p99 ms':>12}"
    for one in found:
        yield f"{f'{one.language}  ours':38}{_percent(one.tuning.top1):>12}{_percent(one.kept.top1):>12}"
        for plain in one.plain:
            ms = statistics.quantiles(plain.each, n=100)
            yield (
                f"{f'{one.language}  {plain.name}':38}{_percent(plain.tuning):>12}{_percent(plain.kept):>12}"
                f"{ms[49]:>12.1f}{ms[98]:>12.1f}"
            )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


if __name__ == "__main__":
    main()
