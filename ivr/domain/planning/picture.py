"""Simulated days side by side as an SVG: for each group the service level with its target, and how long callers waited.

Written by hand, as the call flow's picture is, since a fresh machine has no drawing program.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from ivr.domain.planning.figures import EVERYBODY, VARIANT, Figures
from ivr.domain.routing.groups import Group

INK, QUIET, RULE, SAND = "#14213d", "#5c6475", "#d9d2c3", "#f6f3ec"
COLOURS = ("#0b5d7a", "#b45309")

_LEFT, _PANEL, _GAP, _RIGHT = 190, 300, 90, 60
_BAR, _ROW_GAP, _HEAD, _FOOT = 14, 14, 84, 46


def svg(days: Mapping[str, Sequence[Figures]], groups: Mapping[str, Group]) -> str:
    """One drawing of the days by their names, at most two; each bar has a title that browsers show."""
    return "\n".join(_pieces(days, groups)) + "\n"


def _pieces(days: Mapping[str, Sequence[Figures]], groups: Mapping[str, Group]) -> Iterator[str]:
    names = list(dict.fromkeys(one.group for figures in days.values() for one in figures))
    by_group = {day: {one.group: one for one in figures} for day, figures in days.items()}
    row = _BAR * len(days) + _ROW_GAP
    width, height = _LEFT + 2 * _PANEL + _GAP + _RIGHT, _HEAD + row * len(names) + _FOOT
    longest = max((one.p95_wait or 0 for figures in days.values() for one in figures), default=0) or 1
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" font-family="Segoe UI, Helvetica Neue, Liberation Sans, Arial, sans-serif" font-size="13">'
    )
    yield f"<title>{escape('Simulated: ' + ' beside '.join(days))}</title>"
    yield f'<rect width="100%" height="100%" fill="{SAND}"/>'
    x = float(_LEFT)
    for colour, day in zip(COLOURS, days, strict=False):
        yield f'<rect x="{x:g}" y="18" width="12" height="12" fill="{colour}"/>'
        yield _text(x + 18, 29, day)
        x += 48 + 7 * len(day)
    yield _text(_LEFT, 62, f"Service level ({VARIANT}); the line is the target", fill=QUIET)
    yield _text(_LEFT + _PANEL + _GAP, 62, "Seconds waited: mean, and 95 % of the answered (pale)", fill=QUIET)
    for at, name in enumerate(names):
        y = _HEAD + at * row
        yield _text(_LEFT - 12, y + (row - _ROW_GAP) / 2 + 4.5, name or "all", anchor="end")
        for number, figures in enumerate(by_group.values()):
            if name in figures:
                yield from _bars(figures[name], y + number * _BAR, COLOURS[number], _PANEL / longest)
        if name != EVERYBODY and name in groups:
            x = _LEFT + groups[name].target.share * _PANEL
            yield f'<path d="M{x:.1f} {y - 3}v{row - _ROW_GAP + 6}" stroke="{INK}" stroke-width="1.5"/>'
    bottom = _HEAD + row * len(names) + 8
    for share in (0, 0.5, 1):
        yield _text(_LEFT + share * _PANEL, bottom + 14, f"{share:.0%}", size=11, fill=QUIET, anchor="middle")
        seconds = f"{share * longest:.0f} s"
        yield _text(_LEFT + _PANEL + _GAP + share * _PANEL, bottom + 14, seconds, size=11, fill=QUIET, anchor="middle")
    yield f'<path d="M{_LEFT} {bottom}h{_PANEL}m{_GAP} 0h{_PANEL}" stroke="{RULE}"/>'
    yield "</svg>"


def _bars(one: Figures, y: float, colour: str, scale: float) -> Iterator[str]:
    level = one.service_level.value
    if level is not None:
        yield _bar(_LEFT, y, level * _PANEL, colour, f"{level:.1%}")
    x = _LEFT + _PANEL + _GAP
    if one.p95_wait is not None and one.mean_wait is not None:
        yield _bar(x, y, one.p95_wait * scale, colour, f"95 %: {one.p95_wait:.0f} s", opacity=0.45)
        yield _bar(x, y, one.mean_wait * scale, colour, f"mean: {one.mean_wait:.0f} s")


def _bar(x: float, y: float, width: float, colour: str, title: str, opacity: float = 1) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:.1f}" height="{_BAR - 2}" fill="{colour}" opacity="{opacity:g}">'
        f"<title>{escape(title)}</title></rect>"
    )


def _text(x: float, y: float, words: str, *, size: float = 13, fill: str = INK, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}">{escape(words)}</text>'
