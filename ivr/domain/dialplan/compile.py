"""`routes.yaml` and the prompts files to a `DialPlan`, or to every reason why not.

Pure: files are read by whoever calls. A plan comes out only when there is no error; warnings do not stop it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ivr.domain.dialplan import document
from ivr.domain.dialplan.check import check
from ivr.domain.dialplan.document import Source
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Problem, Report
from ivr.domain.dialplan.schema import ALWAYS, read_plan
from ivr.domain.dialplan.shapes import Item
from ivr.domain.dialplan.week import DAYS
from ivr.domain.dialplan.words import read_words
from ivr.domain.flow.graph import (
    Department,
    Flow,
    Hold,
    Line,
    Menu,
    Notice,
    Option,
    Recogniser,
    Speaker,
    Target,
    TargetKind,
    Topic,
    TopicKind,
    Understanding,
)
from ivr.domain.language import Language, Text
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.callbacks import CallbackPolicy
from ivr.domain.routing.groups import Group, ServiceTarget, Strategy
from ivr.domain.routing.hours import AROUND_THE_CLOCK, Calendar, ClosingDay
from ivr.domain.routing.patience import Step
from ivr.domain.speech.confidence import Thresholds


def compile_plan(routes: Source, prompts: Mapping[Language, Source]) -> tuple[DialPlan | None, tuple[Problem, ...]]:
    """The plan that `routes` describes, None if it has an error, and every problem in the order of its place.

    `prompts` holds the sentences of each language; those that the installation does not speak are left unread.
    """
    report = Report()
    root = document.read(routes, report)
    if root is None:
        return None, report.problems()
    plan = read_plan(root, report)
    words = read_words(plan, prompts, report)
    check(plan, report)
    if report.has_errors:
        return None, report.problems()
    spoken = [prompts[Language(code)] for code, _ in plan.rows("languages")]
    compiled = DialPlan(
        version=_version([routes, *spoken]),
        flow=_flow(plan, words),
        groups={id: _group(id, item) for id, item in plan.rows("groups")},
        calendar=_calendar(plan),
        thresholds=Thresholds(**_chosen(plan, Thresholds)),
        **_given(calls_per_second=plan.plain("carrier", "calls_per_second")),
    )
    return compiled, report.problems()


def _version(sources: list[Source]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        text = source.text.encode() if isinstance(source.text, str) else source.text
        # The length keeps a line that moves from one file to the next from going unnoticed.
        digest.update(b"%d:" % len(text) + text)
    return digest.hexdigest()[:12]


def _flow(plan: Item, words: Mapping[str, Text]) -> Flow:
    return Flow(
        municipality=plan.plain("municipality", "name"),
        sms_sender=plan.plain("municipality", "sms_sender"),
        lines={PhoneNumber(number): _line(PhoneNumber(number), item) for number, item in plan.rows("numbers")},
        menus={id: _menu(id, item) for id, item in plan.rows("menus")},
        topics={id: _topic(id, item) for id, item in plan.rows("topics")},
        departments={
            id: Department(id=id, name=item.plain("name"), group=item.plain("group"))
            for id, item in plan.rows("departments")
        },
        speakers={Language(code): _speaker(Language(code), item) for code, item in plan.rows("languages")},
        notices=tuple(_notice(item) for item in plan.plain("notices") or ()),
        words=words,
        group_names={id: item.plain("name") for id, item in plan.rows("groups")},
        holds={id: _hold(item) for id, item in plan.rows("groups")},
        understanding=Understanding(**_chosen(plan, Understanding)),
    )


def _chosen(plan: Item, kind: type[Understanding] | type[Thresholds]) -> dict[str, Any]:
    """What the plan says of the fields of `kind`: one section holds the values of both."""
    known = {field.name for field in fields(kind)}
    return {key: item.value for key, item in plan.rows("understanding") if key in known}


def _line(number: PhoneNumber, item: Item) -> Line:
    return Line(
        id=item.plain("id"),
        number=number,
        name=item.plain("name"),
        greeting=item.plain("greeting"),
        languages=tuple(Language(language.value) for language in item.plain("languages")),
        menu=item.plain("menu"),
        person_group=item.plain("person"),
        fallback=item.plain("fallback"),
        hours=item.plain("hours"),
    )


def _menu(id: str, item: Item) -> Menu:
    options = (
        Option(key=key, label=option.plain("label"), target=_target(option)) for key, option in item.rows("options")
    )
    return Menu(
        id=id, options=tuple(sorted(options, key=lambda option: option.key)), **_given(title=item.plain("title"))
    )


def _target(option: Item) -> Target:
    kind = next(kind for kind in TargetKind if option.get(kind))
    return Target(kind=kind, id=option.plain(kind))


def _topic(id: str, item: Item) -> Topic:
    return Topic(
        id=id,
        kind=TopicKind(item.plain("kind")),
        group=item.plain("group"),
        title=item.plain("title"),
        **_given(
            answer=item.plain("answer"),
            link=item.plain("link"),
            skill=item.plain("skill"),
            required_level=item.plain("level"),
            preferred_seconds=item.plain("preferred_seconds"),
            anonymous=item.plain("anonymous"),
            fallback=item.plain("fallback"),
        ),
    )


def _speaker(language: Language, item: Item) -> Speaker:
    return Speaker(
        language=language,
        name=item.plain("name"),
        carrier_code=item.plain("carrier"),
        called=tuple(words.value for words in item.plain("called") or ()),
        recogniser=Recogniser(item.plain("recogniser") or Recogniser.CARRIER),
        **_given(voice=item.plain("voice"), skill=item.plain("skill")),
    )


def _notice(item: Item) -> Notice:
    topics = frozenset(topic.value for topic in item.plain("topics") or ())
    return Notice(
        id=item.plain("id"),
        text=item.plain("text"),
        topics=topics,
        first_day=item.plain("from"),
        last_day=item.plain("until"),
    )


def _group(id: str, item: Item) -> Group:
    target = item.get("target")
    return Group(
        id=id,
        name=item.plain("name"),
        hours=item.plain("hours"),
        **_given(
            target=_service_target(target) if target else None,
            strategy=_strategy(item),
            steps=_steps(item),
            caseworker_first=item.plain("caseworker_first_seconds"),
            last_agent_first=item.plain("last_agent_first_seconds"),
            weight=item.plain("weight"),
            ring=item.plain("ring_seconds"),
            wrap_up=item.plain("wrap_up_seconds"),
            finished_after=item.plain("finished_after_seconds"),
            callback=_callback(item),
            return_within=item.plain("return_within_seconds"),
            trusts_sip=item.plain("trusts_sip"),
            takes_messages=item.plain("takes_messages"),
            messages_within=item.plain("messages_within_hours"),
            fallback=item.plain("fallback"),
        ),
    )


def _strategy(item: Item) -> Strategy | None:
    written = item.plain("strategy")
    return None if written is None else Strategy(written)


def _steps(item: Item) -> tuple[Step, ...]:
    return tuple(
        Step(
            after=step.plain("seconds"),
            forecast=step.plain("forecast_minutes"),
            **_given(
                groups=tuple(group.value for group in step.plain("groups") or ()),
                without=frozenset(skill.value for skill in step.plain("without") or ()),
                levels=tuple(sorted((skill, level.value) for skill, level in step.rows("levels"))),
                bonus=step.plain("bonus_seconds"),
            ),
        )
        for step in item.plain("after_waiting") or ()
    )


def _callback(item: Item) -> CallbackPolicy | None:
    callback = item.get("callback")
    if callback is None:
        return None
    return CallbackPolicy(
        offered_from=callback.plain("offered_from_minutes"),
        **_given(tries=callback.plain("tries"), pause=callback.plain("pause_minutes")),
    )


def _hold(item: Item) -> Hold:
    return Hold(
        messages=tuple(message.value for message in item.plain("hold", "messages") or ()),
        **_given(
            longest_line=item.plain("hold", "longest_line"),
            longest_wait=item.plain("longest_wait_minutes"),
            callback=_callback(item),
        ),
    )


def _service_target(item: Item) -> ServiceTarget:
    return ServiceTarget(
        share=item.plain("share"),
        within=item.plain("seconds"),
        **_given(short_abandon=item.plain("short_abandon_seconds")),
    )


def _calendar(plan: Item) -> Calendar:
    weeks: dict[str, Any] = {ALWAYS: AROUND_THE_CLOCK}
    for name, item in plan.rows("hours"):
        weeks[name] = AROUND_THE_CLOCK if item.value == ALWAYS else tuple(item.plain(day) or () for day in DAYS)
    days = (
        ClosingDay(day=item.plain("day"), closes=item.plain("closes"), reason=item.plain("reason") or "")
        for item in plan.plain("closing_days") or ()
    )
    country = plan.get("holidays")
    return Calendar(
        zone=plan.plain("municipality", "time_zone"),
        weeks=weeks,
        closing_days=tuple(sorted(days, key=lambda closing: closing.day)),
        **({"holidays": country.value} if country else {}),
    )


def _given(**settings: Any) -> dict[str, Any]:
    """The settings that the file gives; the rest keep the default of the type they belong to."""
    return {name: value for name, value in settings.items() if value is not None}
