"""How `ivr simulate` tells what it found: a table, a document for machines, a drawing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.measures.service_level import Share
from ivr.domain.planning.day import Outcome
from ivr.domain.planning.figures import EVERYBODY, VARIANT, Figures
from ivr.domain.planning.picture import svg

_HEAD = ("group", "", "calls", "in time", "mean s", "median s", "95 % s", "gave up", "occupied")
_LETTERS = "AB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of the calls with one plan and one roster."""

    name: str
    plan: DialPlan
    outcome: Outcome
    figures: tuple[Figures, ...]


def lines(found: Sequence[Found]) -> Iterator[str]:
    """A table with a row for each group and each of what was tried, and what its columns mean."""
    for letter, one in _lettered(found):
        yield f"{letter}  {one.name}"
    yield ""
    rows = [_HEAD, *_rows(found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        words, numbers = row[:2], row[2:]
        cells = [text.ljust(width) for text, width in zip(words, widths, strict=False)]
        cells += [text.rjust(width) for text, width in zip(numbers, widths[2:], strict=True)]
        yield "  ".join(cells).rstrip()
    yield ""
    yield f'Service level "{VARIANT}": answered within the target ÷ (answered + gave up after the short limit).'
    yield "Waits are those of the answered; occupied is the share of time at work spent on calls, whosever they were."
    for letter, one in _lettered(found):
        if one.outcome.stranded:
            yield f"{letter}: {one.outcome.stranded} still waited when nobody was at work any more. They count as given up."


def document(found: Sequence[Found], *, days: int, seed: int) -> dict[str, Any]:
    """The same for machines. Shares have both their numbers; seconds and shares that nobody can tell are null."""
    return {
        "variant": VARIANT,
        "days": days,
        "seed": seed,
        "tried": [
            {
                "name": one.name,
                "stranded": one.outcome.stranded,
                "all": _figures(one.figures[-1]),
                "groups": {figures.group: _figures(figures) for figures in one.figures[:-1]},
            }
            for one in found
        ],
    }


def drawing(found: Sequence[Found]) -> str:
    """The same as an SVG."""
    return svg({f"{letter}  {one.name}": one.figures for letter, one in _lettered(found)}, found[0].plan.groups)


def _lettered(found: Sequence[Found]) -> Iterator[tuple[str, Found]]:
    return zip(_LETTERS, found, strict=False)


def _rows(found: Sequence[Found]) -> Iterator[tuple[str, ...]]:
    groups = [figures.group for figures in found[0].figures]
    groups[-1:] = [figures.group for one in found[1:] for figures in one.figures if figures.group not in groups]
    for group in [*groups, EVERYBODY]:
        name = group or "all"
        for letter, one in _lettered(found):
            for figures in one.figures:
                if figures.group == group:
                    yield name, letter, *_cells(figures)
                    name = ""


def _cells(figures: Figures) -> tuple[str, ...]:
    return (
        str(figures.calls),
        _percent(figures.service_level.value),
        _seconds(figures.mean_wait),
        _seconds(figures.median_wait),
        _seconds(figures.p95_wait),
        _percent(figures.abandoned.value),
        _percent(figures.occupancy),
    )


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "calls": figures.calls,
        "service_level": _share(figures.service_level),
        "mean_wait_seconds": figures.mean_wait,
        "median_wait_seconds": figures.median_wait,
        "p95_wait_seconds": figures.p95_wait,
        "abandoned": _share(figures.abandoned),
        "occupancy": figures.occupancy,
    }


def _share(share: Share) -> dict[str, Any]:
    return {"value": share.value, "numerator": share.numerator, "denominator": share.denominator}


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.0f}"
