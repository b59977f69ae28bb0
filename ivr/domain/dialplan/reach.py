"""What callers can reach: menus and topics by key, groups by any way, languages on any number.

A cycle of menus is no problem: 9 goes back and 0 reaches a person everywhere.
"""

from ivr.domain.dialplan.problem import Report
from ivr.domain.dialplan.shapes import Item


def check_reach(plan: Item, report: Report) -> None:
    """Menus that no number leads to are errors; topics, groups and languages left aside are warnings.

    Speech may still reach such a topic, and a group may receive transfers, so these may be meant. Warnings wait until the
    plan has no error: a misspelt name or an unsound option leaves others looking unused.
    """
    menus = _reached_menus(plan)
    if "menus" not in report.unresolved:
        for name, menu in plan.rows("menus"):
            if name not in menus:
                text = f'menu "{name}" is reached from no number.'
                report.error(menu.key_mark, text, "Lead an option to it, or remove it.")
    if not report.has_errors:
        _check_topics(plan, menus, report)
        _check_groups(plan, report)
        _check_languages(plan, report)


def _reached_menus(plan: Item) -> set[str]:
    open_ends = [row.plain("menu") for _, row in plan.rows("numbers")]
    reached: set[str] = set()
    while open_ends:
        name = open_ends.pop()
        if name is None or name in reached:
            continue
        reached.add(name)
        open_ends.extend(option.plain("menu") for _, option in plan.rows("menus", name, "options"))
    return reached


def _check_topics(plan: Item, menus: set[str], report: Report) -> None:
    by_key = {option.plain("topic") for menu in menus for _, option in plan.rows("menus", menu, "options")}
    for name, topic in plan.rows("topics"):
        if name not in by_key:
            text = f'topic "{name}" is on no key that a caller can reach.'
            report.warning(topic.key_mark, text, "Who cannot or will not speak does not find it.")


def _check_groups(plan: Item, report: Report) -> None:
    used = {row.plain("group") for section in ("topics", "departments") for _, row in plan.rows(section)}
    used |= {row.plain("person") for _, row in plan.rows("numbers")}
    used |= {option.plain("group") for _, menu in plan.rows("menus") for _, option in menu.rows("options")}
    for name, group in plan.rows("groups"):
        if name not in used:
            report.warning(group.key_mark, f'nobody sends calls to group "{name}".', "Its agents get transfers only.")


def _check_languages(plan: Item, report: Report) -> None:
    offered = {language.value for _, row in plan.rows("numbers") for language in row.plain("languages") or ()}
    for code, language in plan.rows("languages"):
        if code not in offered:
            report.warning(language.key_mark, f'language "{code}" is offered on no number.', "Nobody can choose it.")
