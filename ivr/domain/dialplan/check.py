"""Problems that no single value shows: what contradicts, is missing for its kind, or would run in a circle.

Everything here looks at sound values only; what was unsound has been reported where it stands.
"""

import re
from collections.abc import Iterable

from ivr.domain.dialplan.check_steps import check_steps
from ivr.domain.dialplan.problem import Mark, Report
from ivr.domain.dialplan.reach import check_reach
from ivr.domain.dialplan.shapes import Item
from ivr.domain.flow.graph import TopicKind, Understanding

_NEEDED = {
    TopicKind.LINK: ("answer", "link"),
    TopicKind.ANSWER: ("answer",),
    TopicKind.URGENT: ("fallback",),
}
_WHY_NEEDED = {
    "answer": "Say in at most two sentences what a caller can do.",
    "link": 'Add link: {da: "https://…", en: "https://…"}, or make it kind: answer.',
    "fallback": "Give a number that answers out of hours and when the engine fails.",
}


def check(plan: Item, report: Report) -> None:
    """Reports what the values of `plan`, each sound, get wrong together."""
    _check_languages(plan, report)
    _check_numbers(plan, report)
    _check_fallbacks(plan, report)
    _check_options(plan, report)
    for id, topic in plan.rows("topics"):
        _check_topic(f'topic "{id}"', topic, report)
    _check_days(plan, report)
    _check_understanding(plan, report)
    _check_callbacks(plan, report)
    check_steps(plan, report)
    check_reach(plan, report)


def _check_languages(plan: Item, report: Report) -> None:
    for code, language in plan.rows("languages"):
        carrier, voice = language.get("carrier"), language.get("voice")
        spoken = re.search(r"\b[a-z]{2,3}-[A-Z]{2}\b", voice.value) if voice else None
        if carrier and voice and spoken and spoken[0] != carrier.value:
            text = f'language "{code}" has a voice that speaks {spoken[0]}, but its carrier code is {carrier.value}.'
            report.error(voice.mark, text, f"Choose a voice of {carrier.value}.")
        if carrier and not carrier.value.startswith(code):
            report.error(carrier.mark, f'language "{code}" has the carrier code of another, {carrier.value}.')


def _check_numbers(plan: Item, report: Report) -> None:
    ids = (row.get("id") for _, row in plan.rows("numbers"))
    _check_once(ids, 'two numbers have the id "{}".', report)
    for name, row in plan.rows("numbers"):
        languages = row.get("languages")
        if languages is not None and not languages.value and "languages" not in report.unresolved:
            report.error(languages.mark, f'number "{name}" speaks no language.', "The first one greets.")
        seen = set()
        for language in languages.value if languages else ():
            if language.value in seen:
                report.error(language.mark, f'number "{name}" offers "{language.value}" twice.', "Remove one of them.")
            seen.add(language.value)


def _check_fallbacks(plan: Item, report: Report) -> None:
    """A fallback that is one of our own numbers would come back to the engine that could not answer."""
    own = dict(plan.rows("numbers"))
    for section, noun in (("numbers", "number"), ("topics", "topic"), ("groups", "group")):
        for name, row in plan.rows(section):
            fallback = row.get("fallback")
            if fallback and fallback.value.e164 in own:
                text = f'{noun} "{name}" falls back to {fallback.value.e164}, which is one of our own numbers: a loop.'
                report.error(fallback.mark, text, "Give a number that rings without the engine.")


def _check_callbacks(plan: Item, report: Report) -> None:
    """Whoever has waited so long that they are asked whether to stay is not to be offered a callback only then."""
    for name, row in plan.rows("groups"):
        offered, longest = row.get("callback", "offered_from_minutes"), row.get("longest_wait_minutes")
        if offered and longest and offered.value >= longest.value:
            text = f'group "{name}" offers a callback no sooner than it asks whether to go on waiting.'
            report.error(offered.mark, text, "Offer it sooner than longest_wait_minutes.")


def _check_options(plan: Item, report: Report) -> None:
    for menu, row in plan.rows("menus"):
        for key, option in row.rows("options"):
            targets = [kind for kind in ("menu", "topic", "group") if kind in option.written]
            if not targets:
                text = f'option {key} of menu "{menu}" leads nowhere.'
                report.error(option.key_mark, text, 'Add one of "menu", "topic", "group".')
            elif len(targets) > 1:
                text = f'option {key} of menu "{menu}" leads to a {" and a ".join(targets)}.'
                report.error(option.key_mark, text, "Keep one of them.")


def _check_topic(name: str, topic: Item, report: Report) -> None:
    kind = topic.plain("kind")
    for key in _NEEDED.get(kind, ()):
        if key not in topic.written:
            report.error(topic.key_mark, f'{name} is of kind {kind} and has no "{key}".', _WHY_NEEDED[key])
    level = topic.get("level")
    if level is not None and "skill" not in topic.written:
        report.error(level.key_mark, f"{name} requires a level, but no skill.", "Add skill, or remove level.")
    anonymous = topic.get("anonymous")
    if anonymous is not None and anonymous.value and kind in (TopicKind.LINK, TopicKind.CASE):
        use = "send a link to" if kind == TopicKind.LINK else "find the cases of"
        hint = "Make it kind: answer, route or urgent, or remove anonymous."
        report.error(anonymous.key_mark, f"{name} is anonymous, so there is no number to {use}.", hint)


def _check_days(plan: Item, report: Report) -> None:
    closing = plan.plain("closing_days") or ()
    _check_once((item.get("day") for item in closing), "{} is a closing day twice.", report)
    notices = plan.plain("notices") or ()
    _check_once((item.get("id") for item in notices), 'two notices have the id "{}".', report)
    for notice in notices:
        begins, ends = notice.get("from"), notice.get("until")
        if begins and ends and ends.value < begins.value:
            name = f'notice "{notice.plain("id")}"'
            text = f"{name} ends on {ends.value}, before it begins on {begins.value}."
            report.error(ends.mark, text, "Both days are inclusive; exchange them or mend one.")


def _check_understanding(plan: Item, report: Report) -> None:
    bands = plan.get("understanding")
    if bands is None:
        return
    sure, likely = bands.get("sure"), bands.get("likely")
    high = sure.value if sure else Understanding().sure
    low = likely.value if likely else Understanding().likely
    place = likely or sure
    if place is not None and not 0 < low < high:
        text = f'"understanding" has likely {low:g} and sure {high:g}, but 0 < likely < sure must hold.'
        report.error(place.mark, text, "Calls are understood from likely on, and without a question from sure on.")


def _check_once(items: Iterable[Item | None], text: str, report: Report) -> None:
    """Reports `text` at each value that stood before."""
    first: dict[object, Mark] = {}
    for item in items:
        if item is None:
            continue
        if item.value in first:
            hint = f"It stands on line {first[item.value].line} already; change or remove one of them."
            report.error(item.mark, text.format(item.value), hint)
        first.setdefault(item.value, item.mark)
