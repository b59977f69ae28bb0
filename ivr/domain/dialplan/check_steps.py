"""What waiting changes: steps that never fall due or change nothing, and skills that nobody is ever asked for."""

from ivr.domain.dialplan.problem import Report, nearest
from ivr.domain.dialplan.shapes import Item

_WHEN = ("seconds", "forecast_minutes")
_WHAT = ("groups", "without", "levels", "bonus_seconds")


def check_steps(plan: Item, report: Report) -> None:
    """Reports the steps of all groups that are not what somebody meant."""
    skills = sorted(_asked_for(plan))
    for group, row in plan.rows("groups"):
        for number, step in enumerate(row.plain("after_waiting") or (), start=1):
            name = f'step {number} of group "{group}"'
            if not any(key in step.written for key in _WHEN):
                report.error(step.mark, f"{name} never falls due.", 'Add "seconds" or "forecast_minutes".')
            if not any(key in step.written for key in _WHAT):
                report.error(step.mark, f"{name} changes nothing.", f"Add one of {', '.join(_WHAT)}.")
            _check_skills(name, step, skills, report)


def _check_skills(name: str, step: Item, skills: list[str], report: Report) -> None:
    named = [(skill.value, skill.mark) for skill in step.plain("without") or ()]
    named += [(skill, level.key_mark) for skill, level in step.rows("levels")]
    for skill, mark in named:
        if skill not in skills:
            hint = nearest(skill, skills) or "Give a topic or a language the skill, or remove it here."
            report.error(mark, f'{name} eases skill "{skill}", which nothing asks for.', hint)


def _asked_for(plan: Item) -> set[str]:
    rows = (row for section in ("topics", "languages") for _, row in plan.rows(section))
    return {skill for row in rows if (skill := row.plain("skill")) is not None}
