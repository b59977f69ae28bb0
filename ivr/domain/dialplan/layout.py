"""Where everything stands in the drawing of a plan: columns of cards, left to right as a call goes.

Menus form a tree in the order a caller could walk it, and an edge that passes a column keeps a lane open in it. So edges
cross only where menus and groups disagree about what belongs together.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import wrap

from ivr.domain.dialplan.draw import language_of
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow.graph import Menu, Target, TargetKind

CARD_WIDTH = 290
LINE_HEIGHT = 17
TITLE_HEIGHT = 36
GROUP_HEAD = 74
NUMBER_HEIGHT = 290
MARGIN = 48

_COLUMN = CARD_WIDTH + 104
_TOP = 170  # below the heading and the legend
_GAP = 20
_LANE_HEIGHT = 2
_ROW_PADDING = 9
_CHIP_GAP = 6
_LETTERS = 34  # what fits beside a key or an icon at 13 px

Point = tuple[float, float]


@dataclass(slots=True, kw_only=True)
class Box:
    """A rectangle of the drawing. `rows` are its texts, wrapped; a lane has none and only keeps room for an edge.

    Edges come in `entry` below the upper side. `leads_to` are the boxes to the right that this one is joined to.
    """

    x: float
    height: float
    y: float = 0
    entry: float = 0
    rows: list[list[str]] = field(default_factory=list)
    leads_to: list["Box"] = field(default_factory=list)

    def row_tops(self) -> Iterator[float]:
        """The upper side of each row of a menu."""
        top = self.y + TITLE_HEIGHT
        for row in self.rows:
            yield top
            top += _row_height(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Points to be joined, and what they lead to; None behind a number."""

    points: tuple[Point, ...]
    target: Target | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The boxes by the id of what they show, and the edges between them.

    `homes` tells under which option (menu, key) a menu stands, None behind a number; `repeats` are the options whose
    menu stands elsewhere, so that they have no edge.
    """

    width: float
    height: float
    numbers: dict[str, Box]
    menus: dict[str, Box]
    groups: dict[str, Box]
    topics: dict[str, Box]
    edges: tuple[Edge, ...]
    homes: dict[str, tuple[str, str] | None]
    repeats: frozenset[tuple[str, str]]


@dataclass(slots=True)
class _Drawing:
    """A layout in the making. `columns` hold numbers, menus and lanes from top to bottom; `ways` become edges."""

    plan: DialPlan
    columns: list[list[Box]]
    groups: dict[str, Box]
    topics: dict[str, Box]
    homes: dict[str, tuple[str, str] | None]
    menus: dict[str, Box] = field(default_factory=dict)
    numbers: dict[str, Box] = field(default_factory=dict)
    ways: list[tuple[Box, int | None, list[Box], Target | None]] = field(default_factory=list)
    repeats: set[tuple[str, str]] = field(default_factory=set)

    def draw_numbers(self) -> None:
        for line in self.plan.flow.lines.values():
            number = Box(x=MARGIN, height=NUMBER_HEIGHT)
            self.numbers[line.id] = number
            self.columns[0].append(number)
            if line.menu not in self.menus:
                self._draw_menu(self.plan.flow.menus[line.menu], 1)
            number.leads_to.append(self.menus[line.menu])
            self.ways.append((number, None, [self.menus[line.menu]], None))

    def _draw_menu(self, menu: Menu, column: int) -> None:
        box = _menu_box(self.plan, menu, column)
        self.menus[menu.id] = box
        self.columns[column].append(box)
        for index, option in enumerate(menu.options):
            target = option.target
            if target.kind is TargetKind.MENU and self.homes[target.id] != (menu.id, option.key):
                self.repeats.add((menu.id, option.key))
                continue
            way = self._way(target, column)
            for left, right in zip([box, *way], way, strict=False):
                left.leads_to.append(right)
            self.ways.append((box, index, way, target))

    def _way(self, target: Target, column: int) -> list[Box]:
        """The boxes on the way to `target`: a lane through each column between, then the target itself."""
        if target.kind is TargetKind.MENU:
            self._draw_menu(self.plan.flow.menus[target.id], column + 1)
            return [self.menus[target.id]]
        lanes = []
        for passed in range(column + 1, len(self.columns)):
            lane = Box(x=_x(passed), height=_LANE_HEIGHT, entry=_LANE_HEIGHT / 2)
            self.columns[passed].append(lane)
            lanes.append(lane)
        return [*lanes, self.topics[target.id] if target.kind is TargetKind.TOPIC else self.groups[target.id]]


def lay_out(plan: DialPlan) -> Layout:
    """Groups are stacked in the order their topics are met; every other column follows the one to its right."""
    homes = _homes(plan)
    depth = max(_depth(menu, homes) for menu in homes)
    groups, topics = _stack_groups(plan, homes, depth + 1)
    drawing = _Drawing(plan, [[] for _ in range(depth + 1)], groups, topics, homes)
    drawing.draw_numbers()
    for column in reversed(drawing.columns):
        _settle(column)
    placed = [box for column in drawing.columns for box in column]
    boxes = [*placed, *groups.values(), *topics.values()]
    shift = _TOP - min(box.y for box in boxes)
    for box in boxes:
        box.y += shift
    return Layout(
        width=_x(depth + 1) + CARD_WIDTH + MARGIN,
        height=max(box.y + box.height for box in boxes) + MARGIN,
        numbers=drawing.numbers,
        menus=drawing.menus,
        groups=groups,
        topics=topics,
        edges=tuple(_edge(*way) for way in drawing.ways),
        homes=homes,
        repeats=frozenset(drawing.repeats),
    )


def _homes(plan: DialPlan) -> dict[str, tuple[str, str] | None]:
    """Per menu the option (menu, key) under which it is drawn: the nearest to a number; None right behind a number."""
    homes: dict[str, tuple[str, str] | None] = {line.menu: None for line in plan.flow.lines.values()}
    waiting = deque(homes)
    while waiting:
        menu = plan.flow.menus[waiting.popleft()]
        for option in menu.options:
            if option.target.kind is TargetKind.MENU and option.target.id not in homes:
                homes[option.target.id] = (menu.id, option.key)
                waiting.append(option.target.id)
    return homes


def _depth(menu: str, homes: dict[str, tuple[str, str] | None]) -> int:
    home = homes[menu]
    return 1 if home is None else 1 + _depth(home[0], homes)


def _stack_groups(
    plan: DialPlan, homes: dict[str, tuple[str, str] | None], column: int
) -> tuple[dict[str, Box], dict[str, Box]]:
    order = {target: place for place, target in enumerate(_met(plan, homes))}
    never = len(order)
    language = language_of(plan)
    topics_of = {
        group: sorted(
            (topic for topic in plan.flow.topics.values() if topic.group == group),
            key=lambda topic: order.get((TargetKind.TOPIC, topic.id), never),
        )
        for group in plan.groups
    }

    def place(group: str) -> float:
        targets = [(TargetKind.GROUP, group), *((TargetKind.TOPIC, topic.id) for topic in topics_of[group])]
        met = [order[target] for target in targets if target in order]
        return sum(met) / len(met) if met else never

    groups: dict[str, Box] = {}
    topics: dict[str, Box] = {}
    top = 0.0
    for group in sorted(plan.groups, key=place):
        groups[group] = Box(x=_x(column), y=top, height=0, entry=GROUP_HEAD / 2)
        bottom = top + GROUP_HEAD
        for topic in topics_of[group]:
            row = wrap(sentence_case(topic.title[language]), _LETTERS)
            height = _row_height(row)
            topics[topic.id] = Box(x=_x(column) + 10, y=bottom, height=height, entry=height / 2, rows=[row])
            bottom += height + _CHIP_GAP
        groups[group].height = bottom - top + 4
        top = bottom + 4 + _GAP
    return groups, topics


def _met(plan: DialPlan, homes: dict[str, tuple[str, str] | None]) -> dict[tuple[TargetKind, str], None]:
    """The topics and groups in the order in which somebody who tries every key meets them."""
    met: dict[tuple[TargetKind, str], None] = {}

    def walk(menu: Menu) -> None:
        for option in menu.options:
            target = option.target
            if target.kind is not TargetKind.MENU:
                met.setdefault((target.kind, target.id))
            elif homes[target.id] == (menu.id, option.key):
                walk(plan.flow.menus[target.id])

    for menu, home in homes.items():
        if home is None:
            walk(plan.flow.menus[menu])
    return met


def _menu_box(plan: DialPlan, menu: Menu, column: int) -> Box:
    rows = [wrap(option.label[language_of(plan)], _LETTERS) for option in menu.options]
    height = TITLE_HEIGHT + sum(map(_row_height, rows)) + 6
    return Box(x=_x(column), height=height, entry=TITLE_HEIGHT / 2, rows=rows)


def _settle(column: list[Box]) -> None:
    """Each box as near as it can to the middle of what it leads to, in order and without overlap.

    Boxes that would overlap move as one block about their common wish (isotonic regression, pool adjacent violators).
    """
    blocks: list[tuple[float, int]] = []  # mean wish for the top of the column as this box sees it, and how many agree
    offsets = []
    offset = 0.0
    for box in column:
        offsets.append(offset)
        ends = [right.y + right.entry for right in box.leads_to]
        wish = (sum(ends) / len(ends) - box.height / 2 if ends else offset) - offset
        blocks.append((wish, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (upper, above), (lower, below) = blocks[-2:]
            blocks[-2:] = [((upper * above + lower * below) / (above + below), above + below)]
        offset += box.height + _GAP
    wishes = [wish for wish, count in blocks for _ in range(count)]
    for box, wish, own in zip(column, wishes, offsets, strict=True):
        box.y = wish + own


def _edge(start: Box, row: int | None, way: list[Box], target: Target | None) -> Edge:
    if row is None:
        y = start.y + start.height / 2
    else:
        y = list(start.row_tops())[row] + _row_height(start.rows[row]) / 2
    points = [(start.x + CARD_WIDTH, y)]
    for box in way[:-1]:
        points += [(box.x, box.y + box.entry), (box.x + CARD_WIDTH, box.y + box.entry)]
    points.append((way[-1].x, way[-1].y + way[-1].entry))
    return Edge(points=tuple(points), target=target)


def sentence_case(words: str) -> str:
    """As it begins a line; the rest keeps its letters."""
    return words[:1].upper() + words[1:]


def _row_height(row: list[str]) -> float:
    return len(row) * LINE_HEIGHT + _ROW_PADDING


def _x(column: int) -> float:
    return MARGIN + column * _COLUMN
