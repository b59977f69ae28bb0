"""The call flow as an SVG for the wall: numbers, menus, and the topics in the groups that answer them.

Written by hand, since a fresh machine has no drawing program. A kind of topic is told by an icon and by colour.
"""

from collections.abc import Iterator
from html import escape
from itertools import pairwise
from textwrap import wrap

from ivr.domain.dialplan.draw import COLOURS, language_of
from ivr.domain.dialplan.layout import (
    CARD_WIDTH,
    GROUP_HEAD,
    LINE_HEIGHT,
    MARGIN,
    TITLE_HEIGHT,
    Box,
    Edge,
    Layout,
    Point,
    lay_out,
    sentence_case,
)
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow.graph import Line, Menu, TargetKind, Topic, TopicKind
from ivr.domain.routing.groups import Group
from ivr.domain.routing.hours import AROUND_THE_CLOCK, Calendar, Span

INK, SEA, SAND, AMBER, RED = "#14213d", "#0b5d7a", "#f6f3ec", "#b45309", "#b3261e"
_RULE = "#d9d2c3"
_QUIET = "#5c6475"

# A town hall reads Danish, whatever language the callers are greeted in.
_KINDS = {
    TopicKind.LINK: "Svar og link på sms",
    TopicKind.ANSWER: "Svar",
    TopicKind.ROUTE: "Til en medarbejder",
    TopicKind.CASE: "Til en medarbejder, med sagen",
    TopicKind.URGENT: "Haster: straks til et menneske",
    TopicKind.DIRECTORY: "Navngiven medarbejder",
}
_KEYS = "Overalt: 0 medarbejder · 9 tilbage · * gentag"
_DAYS = ("man", "tir", "ons", "tor", "fre", "lør", "søn")

# Strokes within 12 by 12.
_ICONS = {
    TopicKind.LINK: "M3 9 9 3M4.5 3H9v4.5",
    TopicKind.ANSWER: "M2 2.5h8v5.5H6L3.5 10V8H2z",
    TopicKind.ROUTE: "M6 5.4a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8M2.4 10.4c.3-4.4 6.9-4.4 7.2 0",
    TopicKind.CASE: "M3 1.5h6v9H3zM5 4.2h2M5 6.2h2M5 8.2h2",
    TopicKind.URGENT: "M6 1.8v5.4M6 9.6v.4",
    TopicKind.DIRECTORY: "M2 3h8M2 6h8M2 9h5",
}


def svg(plan: DialPlan) -> str:
    """One drawing of the whole plan; every card has a title that browsers show and screen readers say."""
    layout = lay_out(plan)
    return "\n".join(_pieces(plan, layout)) + "\n"


def _pieces(plan: DialPlan, layout: Layout) -> Iterator[str]:
    language = language_of(plan)
    town = plan.flow.municipality[language]
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width:g} {layout.height:g}" '
        f'width="{layout.width:g}" height="{layout.height:g}" role="img" lang="{language}" '
        'font-family="Segoe UI, Helvetica Neue, Liberation Sans, Arial, sans-serif" font-size="13">'
    )
    yield f"<title>{escape(f'Opkaldets vej gennem {town}')}</title>"
    yield f'<rect width="100%" height="100%" fill="{SAND}"/>'
    yield from _heading(plan, town)
    yield from (_edge(plan, edge) for edge in layout.edges)
    for line in plan.flow.lines.values():
        yield from _number(plan, line, layout.numbers[line.id])
    for id, box in layout.menus.items():
        yield from _menu(plan, plan.flow.menus[id], box, layout)
    for id, box in layout.groups.items():
        yield from _group(plan, plan.groups[id], box)
    for id, box in layout.topics.items():
        yield from _topic(plan.flow.topics[id], sentence_case(plan.flow.topics[id].title[language]), box)
    yield "</svg>"


def _heading(plan: DialPlan, town: str) -> Iterator[str]:
    yield _text(MARGIN, 66, f"Opkaldets vej gennem {town}", size=30, weight=700)
    yield _text(MARGIN, 92, f"{_KEYS} · Plan {plan.version}", size=14, fill=_QUIET)
    x = float(MARGIN)
    for kind, words in _KINDS.items():
        yield _icon(kind, x + 9, 124)
        yield _text(x + 25, 128.5, words, size=13.5)
        x += 25 + len(words) * 6.6 + 26


def _number(plan: DialPlan, line: Line, box: Box) -> Iterator[str]:
    """The way of every call before its first key: greeting, language, the open question."""
    language = line.languages[0]
    name, number = line.name[language], line.number.shown()
    others = [plan.flow.speakers[other].name for other in line.languages[1:]]
    person = plan.groups[line.person_group].name[language]
    yield "<g>"
    yield f"<title>{escape(f'{name}, {number}')}</title>"
    yield _rect(box.x, box.y, box.height, fill=INK, radius=12)
    yield _text(box.x + 18, box.y + 36, number, size=22, weight=700, fill="#ffffff")
    yield _text(box.x + 18, box.y + 57, name, fill="#ffffff")
    steps = [
        ("Hilsen", line.greeting[language]),
        ("Sprog", " · ".join([plan.flow.speakers[language].name, *(f"{other} på tast" for other in others)])),
        ("Spørgsmål", "Hvad drejer opkaldet sig om? Sig det, eller tast"),
        ("Tast 0", person),
        ("Åbent", _week(plan.calendar, line.hours)),
        ("Nødnummer", line.fallback.shown()),
    ]
    y = box.y + 84
    for label, words in steps:
        rows = wrap(words, 27)[:2]
        yield _text(box.x + 18, y, label, size=12, fill="#c9d4e6")
        for index, row in enumerate(rows):
            yield _text(box.x + 98, y + index * LINE_HEIGHT, row, fill="#ffffff")
        y += len(rows) * LINE_HEIGHT + 8
    yield "</g>"


def _menu(plan: DialPlan, menu: Menu, box: Box, layout: Layout) -> Iterator[str]:
    title = _title(plan, menu, layout)
    yield "<g>"
    yield f"<title>{escape(f'Menu: {title}')}</title>"
    yield _rect(box.x, box.y, box.height, fill="#ffffff", stroke=SEA)
    yield _head(box.x, box.y, TITLE_HEIGHT - 6, SEA)
    yield _text(box.x + 14, box.y + 20, _short(title, 38), weight=700, fill="#ffffff")
    for option, row, top in zip(menu.options, box.rows, box.row_tops(), strict=True):
        repeated = (menu.id, option.key) in layout.repeats
        yield f'<rect x="{box.x + 12:g}" y="{top + 3:g}" width="20" height="20" rx="5" fill="{INK}"/>'
        yield _text(box.x + 22, top + 17.5, option.key, weight=700, fill="#ffffff", anchor="middle")
        for index, words in enumerate(row):
            last = repeated and index == len(row) - 1
            yield _text(box.x + 42, top + 17.5 + index * LINE_HEIGHT, f"{words} ↩" if last else words)
    yield "</g>"


def _title(plan: DialPlan, menu: Menu, layout: Layout) -> str:
    """The menu's own title, or else the words of the option that leads to it, or the name of its number."""
    language = language_of(plan)
    home = layout.homes[menu.id]
    if menu.title:
        return menu.title[language].rstrip(".")
    if home is None:
        return next(line.name[language] for line in plan.flow.lines.values() if line.menu == menu.id)
    return next(option.label[language] for option in plan.flow.menus[home[0]].options if option.key == home[1])


def _edge(plan: DialPlan, edge: Edge) -> str:
    """Urgent ways can be followed from afar."""
    topic = plan.flow.topics.get(edge.target.id) if edge.target and edge.target.kind is TargetKind.TOPIC else None
    if topic is not None and topic.kind is TopicKind.URGENT:
        return f'<path d="{_curve(edge.points)}" fill="none" stroke="{RED}" stroke-width="2.4"/>'
    return f'<path d="{_curve(edge.points)}" fill="none" stroke="{SEA}" stroke-opacity="0.5" stroke-width="1.6"/>'


def _group(plan: DialPlan, group: Group, box: Box) -> Iterator[str]:
    name = group.name[language_of(plan)]
    target = f"{group.target.share:.0%} inden {group.target.within.total_seconds():.0f} s".replace("%", " %")
    yield "<g>"
    yield f"<title>{escape(f'Gruppe: {name}')}</title>"
    yield _rect(box.x, box.y, box.height, fill="#ffffff", stroke=_RULE)
    yield f'<rect x="{box.x:g}" y="{box.y + 8:g}" width="4" height="{GROUP_HEAD - 20:g}" fill="{AMBER}"/>'
    yield _text(box.x + 16, box.y + 23, _short(name, 36), size=15, weight=700)
    yield _text(box.x + 16, box.y + 42, _short(_week(plan.calendar, group.hours), 44), size=12, fill=_QUIET)
    yield _text(box.x + 16, box.y + 59, target, size=12, fill=_QUIET)
    yield "</g>"


def _topic(topic: Topic, title: str, box: Box) -> Iterator[str]:
    colour = COLOURS[topic.kind]
    urgent = topic.kind is TopicKind.URGENT
    yield "<g>"
    yield f"<title>{escape(f'{title}: {_KINDS[topic.kind]}')}</title>"
    yield (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{CARD_WIDTH - 20}" height="{box.height:g}" rx="6" '
        f'fill="{"#fbe9e7" if urgent else SAND}" stroke="{colour}" stroke-width="{1.5 if urgent else 0.8}"/>'
    )
    yield _icon(topic.kind, box.x + 16, box.y + box.height / 2)
    for index, words in enumerate(box.rows[0]):
        yield _text(box.x + 33, box.y + 17.5 + index * LINE_HEIGHT, words, weight=700 if urgent else 400)
    yield "</g>"


def _week(calendar: Calendar, hours: str) -> str:
    """`man–ons 9–15 · tor 9–17`: days with the same hours told as one."""
    week = AROUND_THE_CLOCK if hours == "always" else calendar.weeks[hours]
    if week == AROUND_THE_CLOCK:
        return "døgnet rundt"
    runs: list[tuple[int, int]] = []
    for day, spans in enumerate(week):
        if runs and runs[-1][1] == day - 1 and week[runs[-1][0]] == spans:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    said = [
        f"{_DAYS[first] if first == last else f'{_DAYS[first]}–{_DAYS[last]}'} {', '.join(map(_span, week[first]))}"
        for first, last in runs
        if week[first]
    ]
    return " · ".join(said) or "lukket"


def _span(span: Span) -> str:
    def clock(hour: int, minute: int) -> str:
        return f"{hour}.{minute:02}" if minute else str(hour)

    closes = clock(span.closes.hour, span.closes.minute)
    return f"{clock(span.opens.hour, span.opens.minute)}–{'24' if closes == '0' else closes}"


def _curve(points: tuple[Point, ...]) -> str:
    """Straight through lanes, an S between columns."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (x + to_x) / 2
        path.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
    return "".join(path)


def _icon(kind: TopicKind, x: float, y: float) -> str:
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="9" fill="{COLOURS[kind]}"/>'
        f'<path transform="translate({x - 6:g} {y - 6:g})" d="{_ICONS[kind]}" fill="none" stroke="#ffffff" '
        'stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _rect(x: float, y: float, height: float, *, fill: str, stroke: str = "none", radius: int = 10) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{CARD_WIDTH}" height="{height:g}" rx="{radius}" '
        f'fill="{fill}" stroke="{stroke}"/>'
    )


def _head(x: float, y: float, height: float, fill: str) -> str:
    """A card's upper end: round above, straight below."""
    return (
        f'<path d="M{x:g} {y + height:g}v{10 - height:g}q0-10 10-10h{CARD_WIDTH - 20}q10 0 10 10v{height - 10:g}z" '
        f'fill="{fill}"/>'
    )


def _text(
    x: float, y: float, words: str, *, size: float = 13, weight: int = 400, fill: str = INK, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _short(words: str, letters: int) -> str:
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"
