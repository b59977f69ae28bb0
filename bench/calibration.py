"""The `calibration` of each language's `common.yaml` found anew, and what each threshold costs, on the tuning halves.

`python -m bench.calibration` prints both, and with `--write` puts the costs into `docs/speech.md`.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.labelled import LANGUAGES, ears_of_the_town, labelled
from ivr.domain.language import Language
from ivr.domain.speech import confidence
from ivr.domain.speech.confidence import Judged, Signs, Thresholds
from ivr.domain.speech.evaluation import AMBIGUOUS, NONE, URGENT, Utterance
from ivr.domain.speech.topics import Impression

PENALTY = 10.0
_BY_NAME = ("named", "person")  # kinds that names and flags decide, and no topic
_STEPS = (0.05, 0.10, 0.16, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.75, 0.80, 0.85, 0.90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A row with what it looked like, whether words of danger were said in it, and what that is judged to be worth now."""

    row: Utterance
    language: Language
    impression: Impression
    in_words: bool
    judged: Judged

    @property
    def is_clear(self) -> bool:
        return not self.row.topic.startswith("_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A probability by its name in `Calibration`: its signs, which rows it is judged on, and what is true of them."""

    name: str
    signs: Callable[[Seen], Signs]
    counts: Callable[[Seen], bool]
    is_true: Callable[[Seen], bool]
    is_balanced: bool = False


JUDGEMENTS = (
    Judgement(
        name="right",
        signs=lambda seen: confidence.signs_of_right(seen.impression),
        counts=lambda seen: seen.is_clear and seen.row.kind not in _BY_NAME,
        is_true=lambda seen: seen.impression.topics[0][0] == seen.row.topic,
    ),
    Judgement(
        name="two_sided",
        signs=lambda seen: confidence.signs_of_two_sides(seen.impression),
        counts=lambda seen: seen.is_clear or seen.row.topic == AMBIGUOUS,
        is_true=lambda seen: seen.row.topic == AMBIGUOUS,
    ),
    Judgement(
        name="ours",
        signs=lambda seen: confidence.signs_of_ours(seen.impression),
        counts=lambda seen: seen.row.topic != URGENT,
        is_true=lambda seen: seen.row.topic != NONE,
    ),
    Judgement(
        name="danger",
        signs=lambda seen: confidence.signs_of_danger(seen.impression, in_words=seen.in_words),
        counts=lambda seen: True,
        is_true=lambda seen: seen.row.topic == URGENT,
        is_balanced=True,
    ),
)


def main() -> None:
    """Find and print the constants and the costs."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", action="store_true", help="put the costs into docs/")
    asked = arguments.parse_args()
    seen, thresholds = _seen()
    for language in LANGUAGES:
        print(f"grammars/{language}/common.yaml\ncalibration:")
        for judgement in JUDGEMENTS:
            found = _fitted(judgement, [one for one in seen if one.language == language])
            print(f"  {judgement.name}: [{', '.join(f'{constant:.2f}' for constant in found)}]")
        print()
    table = "\n".join(_costs(seen, thresholds))
    print(table)
    if asked.write:
        from bench import report  # noqa: PLC0415 -- matplotlib is needed for nothing else

        report.write("thresholds", table, page="speech.md")


def _seen() -> tuple[list[Seen], Thresholds]:
    heard = ears_of_the_town()
    found = []
    for language in LANGUAGES:
        for row in labelled(language, heard).tuning:
            told = heard.matcher.explain(row.text, language)
            assert told.impression is not None and told.judged is not None, f"there is a grammar for {language}"
            found.append(
                Seen(
                    row=row,
                    language=language,
                    impression=told.impression,
                    in_words=told.in_words_of_danger,
                    judged=told.judged,
                )
            )
    return found, Thresholds() if heard.plan is None else heard.plan.thresholds


def _fitted(judgement: Judgement, seen: Sequence[Seen]) -> tuple[float, ...]:
    rows = [one for one in seen if judgement.counts(one)]
    model = LogisticRegression(C=PENALTY, class_weight="balanced" if judgement.is_balanced else None, max_iter=1000)
    model.fit(np.array([judgement.signs(one) for one in rows]), [judgement.is_true(one) for one in rows])
    return *(float(slope) for slope in model.coef_[0]), float(model.intercept_[0])


def _costs(seen: Sequence[Seen], thresholds: Thresholds) -> Iterator[str]:
    """What each value of a threshold would cost by itself, those in use marked."""
    clear = [one for one in seen if one.is_clear and one.row.kind not in _BY_NAME]
    none = [one for one in seen if one.row.topic == NONE]
    both = [one for one in seen if one.row.topic == AMBIGUOUS]
    urgent = [one for one in seen if one.row.topic == URGENT]
    others = [one for one in seen if one.row.topic != URGENT]

    yield from _table(
        ("ours", thresholds.ours),
        ("true matters turned away", clear, lambda one, step: one.judged.ours < step),
        ("others' matters taken up", none, lambda one, step: one.judged.ours >= step),
    )
    yield from _table(
        ("either", thresholds.either),
        ("two-sided and not asked", both, lambda one, step: one.judged.two_sided < step),
        ("clear and asked in vain", clear, lambda one, step: one.judged.two_sided >= step),
    )
    yield from _table(
        ("danger", thresholds.danger),
        ("cries for help missed", urgent, lambda one, step: one.judged.danger < step),
        ("needless alarms", others, lambda one, step: one.judged.danger >= step),
    )


Cost = tuple[str, Sequence[Seen], Callable[[Seen, float], bool]]


def _table(threshold: tuple[str, float], *costs: Cost) -> Iterator[str]:
    name, in_use = threshold
    yield f"{name:10}" + "".join(f"{f'{title} of {len(rows)}':>34}" for title, rows, _ in costs)
    for step in sorted({*_STEPS, in_use}):
        mark = " <" if step == in_use else ""
        shares = (sum(is_lost(one, step) for one in rows) for _, rows, is_lost in costs)
        cells = (f"{count:>25}{count / len(rows):>9.1%}" for count, (_, rows, _) in zip(shares, costs, strict=True))
        yield f"{step:10.2f}{''.join(cells)}{mark}"
    yield ""


if __name__ == "__main__":
    main()
