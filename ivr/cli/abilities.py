"""The columns of a table that say what an agent can take: groups as `byg;pas`, skills with levels as `pas:3;mitid:2`."""

from collections.abc import Collection

from ivr.adapters.files.csv_rows import Cell
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Report, nearest

_LEVELS = ("1", "2", "3", "4", "5")


def groups_of(cell: Cell, plan: DialPlan, report: Report) -> frozenset[str]:
    """The groups of a cell; one that the plan has not is an error."""
    groups = _parts(cell)
    for group in groups:
        if group not in plan.groups:
            report.error(cell.mark, f'"{group}" is not a group.', nearest(group, plan.groups))
    return frozenset(groups)


def levels_of(cell: Cell, known: Collection[str], report: Report) -> dict[str, int]:
    """Levels 1 to 5 by skill; a skill that is not `known`, has no level or stands there twice is an error."""
    levels: dict[str, int] = {}
    for written in _parts(cell):
        skill, _, level = (part.strip() for part in written.partition(":"))
        if skill not in known:
            report.error(cell.mark, f'"{skill}" is not a skill.', nearest(skill, sorted(known)))
        if level not in _LEVELS:
            report.error(cell.mark, f'"{written}" has no level from 1 to 5.', f"Write {skill}:3.")
            continue
        if skill in levels:
            report.error(cell.mark, f'"{skill}" is there twice.')
        levels[skill] = int(level)
    return levels


def _parts(cell: Cell) -> list[str]:
    return [part.strip() for part in cell.text.split(";") if part.strip()]
