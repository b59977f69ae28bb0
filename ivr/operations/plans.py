"""Versions of the dial plan, each one compiled once per process."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Connection

from ivr.adapters.store import dialplans
from ivr.domain.dialplan.compile import compile_plan
from ivr.domain.dialplan.document import Source
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Problem
from ivr.domain.dialplan.vocabularies import vocabularies
from ivr.domain.errors import IvrError
from ivr.domain.flow.directory import DEPARTMENT
from ivr.domain.flow.graph import Flow, Line
from ivr.domain.language import Language
from ivr.domain.routing.directory import Employee
from ivr.domain.routing.groups import Group
from ivr.domain.speech.grammar import BadGrammar, read_grammars
from ivr.domain.speech.hearing import Hearing, all_learnt
from ivr.domain.speech.match import Matcher
from ivr.domain.speech.names import Entry

Sources = Mapping[str, str]
"""Texts by name: `routes.yaml`, `prompts/da.yaml`, `grammars/da/byg.yaml`, …"""

Learn = Callable[[Sources], Mapping[Language, Hearing]]
"""What the texts of grammars teach, by language. Raises `BadGrammar`."""

_VERSION_LENGTH = 12

log = structlog.get_logger()


class NoDialPlan(IvrError):
    """No version of the dial plan has been stored yet."""

    code = "no_dial_plan"


class BadDialPlan(IvrError):
    """The texts do not make a dial plan; the text lists every problem with its place."""

    code = "bad_dial_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlan:
    """A version ready for use: what the plan says, and how its words are understood."""

    plan: DialPlan
    matcher: Matcher

    def line(self, line_id: str) -> Line:
        """A number by its id; the first one for a call that began on a number which this version does not have."""
        lines = self.plan.flow.lines.values()
        return next((line for line in lines if line.id == line_id), next(iter(lines)))

    def group(self, group_id: str, line_id: str) -> Group:
        """A group by its id; whom `0` reaches, for a call to a group which this version does not have."""
        return self.plan.groups.get(group_id) or self.plan.groups[self.line(line_id).person_group]


def compile_sources(sources: Sources, learn: Learn = lambda texts: all_learnt(read_grammars(texts))) -> LoadedPlan:
    """The plan that the texts make, its version named by all of them. Raises `BadDialPlan` with every problem.

    `learn` gives what the grammars teach, which takes seconds where it is learnt anew.
    """
    plan, problems = _plan(sources)
    try:
        hearings = learn({name: text for name, text in sources.items() if name.startswith("grammars/")})
    except BadGrammar as error:
        raise BadDialPlan(_listed(problems, error.text), hint="Nothing has changed.") from None
    if plan is None:
        raise BadDialPlan(_listed(problems), hint="Nothing has changed.")
    matcher = Matcher(hearings, thresholds=plan.thresholds)
    hints = {language: matcher.hints(language) for language in plan.flow.speakers if language in hearings}
    grammars = {language: hearing.grammar for language, hearing in hearings.items()}
    flow = replace(plan.flow, hints=hints, vocabularies=vocabularies(plan.flow, grammars))
    return LoadedPlan(plan=replace(plan, flow=flow, version=version_of(sources)), matcher=matcher)


def flow_of(sources: Sources) -> Flow:
    """The calls that the texts describe, without ears: at once. Raises `BadDialPlan`."""
    plan, problems = _plan(sources)
    if plan is None:
        raise BadDialPlan(_listed(problems), hint="Nothing has changed.")
    return replace(plan.flow, vocabularies=vocabularies(plan.flow, {}))


def _plan(sources: Sources) -> tuple[DialPlan | None, tuple[Problem, ...]]:
    routes = Source("routes.yaml", sources["routes.yaml"])
    prompts = {
        Language(name.removeprefix("prompts/").removesuffix(".yaml")): Source(name, text)
        for name, text in sources.items()
        if name.startswith("prompts/")
    }
    return compile_plan(routes, prompts)


def version_of(sources: Sources) -> str:
    """The name of the version that these texts make."""
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(f"{name}\0{sources[name]}\0".encode())
    return digest.hexdigest()[:_VERSION_LENGTH]


def _listed(problems: tuple[Problem, ...], more: str = "") -> str:
    return "\n".join([*(str(problem) for problem in problems), *([more] if more else [])])


class Plans:
    """The plans in use. `compile_texts` turns texts into a plan; tests may bring a small town of their own."""

    def __init__(self, compile_texts: Callable[[Sources], LoadedPlan] = compile_sources) -> None:
        self._compile = compile_texts
        self._loaded: dict[str, LoadedPlan] = {}
        self._unreadable: dict[str, str] = {}
        self._ahead: LoadedPlan | None = None
        self._named: dict[str, tuple[Mapping[str, Employee], Matcher]] = {}
        self._lock = threading.Lock()

    def current(self, db: Connection) -> LoadedPlan:
        """The version that new calls begin with. Raises `NoDialPlan`, or `BadDialPlan` where this program cannot read it."""
        version = self._current_version(db)
        # A caller does not wait for a plan to be compiled: who looks ahead has the one before until it is.
        if self._ahead is not None and version not in self._loaded:
            return self._ahead
        return self._stored(db, version)

    def look_ahead(self, db: Connection) -> None:
        """Make the version that new calls begin with ready; from now on, calls begin with one that has been made ready.

        Raises what `current` raises.
        """
        self._ahead = self._stored(db, self._current_version(db))

    def _current_version(self, db: Connection) -> str:
        version = dialplans.current_version(db)
        if version is None:
            raise NoDialPlan("No dial plan has been loaded.", hint="Run: ivr check, then start ivr serve.")
        return version

    def version(self, db: Connection, version: str) -> LoadedPlan:
        """A version by its name: calls finish on the one they began with.

        The current one stands in for a version that an older program has stored and this one reads no more.
        """
        try:
            return self._stored(db, version)
        except BadDialPlan:
            return self.current(db)

    def _stored(self, db: Connection, version: str) -> LoadedPlan:
        loaded = self._loaded.get(version)
        if loaded is not None:
            return loaded
        problems = self._unreadable.get(version)
        if problems is None:
            stored = dialplans.get(db, version)
            if stored is None:
                raise NoDialPlan(f"The dial plan {version} is not stored.", hint="It was purged while calls used it.")
            try:
                return self._keep(version, self._compile(stored.sources))
            except BadDialPlan as error:
                problems = self._unreadable[version] = error.text
                log.warning("dial_plan_unreadable", version=version, problems=problems)
        told = f"The stored dial plan {version} cannot be read by this version of the program:"
        raise BadDialPlan(f"{told}\n{problems}", hint="Mend the files with ivr check, and start again.")

    def matcher(self, db: Connection, version: str, employees: Mapping[str, Employee]) -> Matcher:
        """The ears of a version, with the names of `employees`, everybody in the directory as it is now."""
        loaded = self.version(db, version)
        known = self._named.get(version)
        if known is not None and known[0] == employees:
            return known[1]
        named = loaded.matcher.with_entries(_entries(loaded.plan, employees.values()))
        self._named[version] = (employees, named)
        return named

    def taken(self, sources: Sources) -> LoadedPlan:
        """The texts compiled, from memory where they have been before. Raises `BadDialPlan`."""
        version = version_of(sources)
        return self._loaded.get(version) or self._keep(version, self._compile(sources))

    def _keep(self, version: str, loaded: LoadedPlan) -> LoadedPlan:
        with self._lock:
            return self._loaded.setdefault(version, loaded)


def _entries(plan: DialPlan, employees: Iterable[Employee]) -> list[Entry]:
    departments = [
        Entry(id=f"{DEPARTMENT}{department.id}", name=name)
        for department in plan.flow.departments.values()
        for name in department.name.values()
    ]
    first = next(iter(plan.flow.speakers))
    people = []
    for employee in employees:
        department = plan.flow.departments.get(employee.department)
        place = department.name[first] if department is not None else employee.department
        people.append(
            Entry(id=employee.id, name=employee.name, department_id=employee.department, department_name=place)
        )
    return [*departments, *people]
