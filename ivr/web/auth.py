"""Who is asking, and what they may do: a session for pages, a bearer token for the API.

The API takes either. A browser sends its session cookie by itself, so an unsafe request that stands on a session must
also carry the CSRF token; a bearer token is never sent by itself, so it needs none. Both end when the password changes.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.exceptions import Forbidden

from ivr.adapters.store import agents
from ivr.adapters.store.agents import Agent
from ivr.assembly import Parts
from ivr.domain.errors import IvrError
from ivr.domain.routing.agents import AgentState
from ivr.operations import agents as agent_operations

P = ParamSpec("P")
R = TypeVar("R")

API_BLUEPRINTS = "api_"
"""How the names of the API's blueprints begin."""

TOKEN_LIFE = timedelta(hours=12)
_FAILURES, _PER_SECONDS = 5, 60
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

DESK, BOARD, LOG, HANDS_ON = "desk", "board", "log", "hands_on"
"""Answering callers · the live queues · the log of contacts · notices, opening and closing groups."""

MESSAGES, EVERY_GROUP = "messages", "every_group"
"""Hearing what callers left for one's own groups · and for all the others."""

LESSONS = "lessons"
"""Reading what was misunderstood, and proposing phrases for the grammar."""

RIGHTS = {
    "agent": frozenset({DESK, MESSAGES}),
    "supervisor": frozenset({DESK, BOARD, LOG, HANDS_ON, MESSAGES, EVERY_GROUP, LESSONS}),
    "admin": frozenset({DESK, BOARD, LOG, HANDS_ON, MESSAGES, EVERY_GROUP, LESSONS}),
}


class NotSignedIn(IvrError):
    """Nobody has signed in, or the sign-in has expired."""

    code = "not_signed_in"


class WrongPassword(IvrError):
    """The username is unknown or the password is another."""

    code = "wrong_password"


class TooManyAttempts(IvrError):
    """Too many failed sign-ins with this username within a minute."""

    code = "too_many_attempts"


@dataclass(frozen=True, slots=True)
class Person(UserMixin):
    """A member of staff who has signed in."""

    agent: Agent

    @property
    def rights(self) -> frozenset[str]:
        return RIGHTS[self.agent.role]

    def may(self, right: str) -> bool:
        return right in self.rights

    def get_id(self) -> str:
        return f"{self.agent.id}.{_fingerprint(self.agent)}"


def _fingerprint(agent: Agent) -> str:
    return hashlib.sha256(agent.password_hash.encode()).hexdigest()[:16]


class Attempts:
    """Failed sign-ins of the last minute, counted by this process alone: several processes allow as many times more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: dict[str, deque[float]] = {}

    def check(self, username: str) -> None:
        """Raises `TooManyAttempts` when the next one must wait."""
        if len(self._recent(username)) >= _FAILURES:
            raise TooManyAttempts("Too many failed sign-ins with this username.", hint="Wait a minute and try again.")

    def failed(self, username: str) -> None:
        self._failed.setdefault(username, deque()).append(self._clock())

    def _recent(self, username: str) -> deque[float]:
        now = self._clock()
        for name in [name for name, times in self._failed.items() if times[-1] <= now - _PER_SECONDS]:
            del self._failed[name]
        times = self._failed.get(username, deque())
        while times and times[0] <= now - _PER_SECONDS:
            times.popleft()
        return times


class Door:
    """Sign-in and recognition of those who have signed in."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._tokens = URLSafeTimedSerializer(parts.settings.secret_key, salt="ivr.api.token")
        self._attempts = Attempts()

    def signed_in(self, username: str, password: str) -> Person:
        """Raises `WrongPassword` or `TooManyAttempts`."""
        name = username.strip().lower()
        self._attempts.check(name)
        agent = self._parts.operations.run(agent_operations.signed_in, username.strip(), password)
        if agent is None:
            self._attempts.failed(name)
            raise WrongPassword("The username is unknown or the password is another.")
        return Person(agent)

    def token(self, person: Person) -> str:
        return str(self._tokens.dumps(person.get_id()))

    def of_token(self, token: str) -> Person | None:
        """Whose token it is; None when it is forged, expired or of an older password."""
        try:
            return self.of_id(self._tokens.loads(token, max_age=int(TOKEN_LIFE.total_seconds())))
        except BadSignature:
            return None

    def of_id(self, known_as: Any) -> Person | None:
        """The person as `Person.get_id` names them."""
        agent_id, _, fingerprint = str(known_as).partition(".")
        with self._parts.engine.connect() as db:
            agent = agents.get(db, agent_id)
        return Person(agent) if agent is not None and _fingerprint(agent) == fingerprint else None


def install(app: Flask, parts: Parts) -> None:
    """Recognise people on every request."""
    door = Door(parts)
    app.extensions["ivr_door"] = door
    csrf = CSRFProtect()
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    csrf.init_app(app)
    manager = LoginManager(app)
    manager.session_protection = None  # it ties the session to the address, which changes under a laptop
    manager.user_loader(door.of_id)

    @app.before_request
    def protect() -> None:
        if request.method in _SAFE_METHODS or _bearer() is not None:
            return
        stands_on_session = "_user_id" in session or not (request.blueprint or "").startswith(API_BLUEPRINTS)
        if request.endpoint is not None and stands_on_session:
            csrf.protect()

    app.context_processor(lambda: {"person": person_or_none()})


def door() -> Door:
    found: Door = current_app.extensions["ivr_door"]
    return found


def _bearer() -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def person_or_none() -> Person | None:
    """Who is asking. A bearer token decides alone: what a session says beside it does not count."""
    if "person" not in g:
        token = _bearer()
        if token is not None:
            g.person = door().of_token(token)
        else:
            g.person = current_user._get_current_object() if current_user.is_authenticated else None
    found: Person | None = g.person
    return found


def person() -> Person:
    """Who is asking. Raises `NotSignedIn`."""
    found = person_or_none()
    if found is None:
        raise NotSignedIn("Nobody is signed in.", hint="POST /api/v1/login, or sign in on the page.")
    return found


def needs(right: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only for those who have the right; 401 and the sign-in page for strangers, 403 for the others."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not person().may(right):
                raise Forbidden()
            return view(*args, **kwargs)

        return guarded

    return decorate


def begin_session(who: Person) -> None:
    """The browser is signed in until it is closed or twelve hours have gone."""
    session.clear()
    session.permanent = True
    login_user(who)
    g.person = who


def end_session() -> None:
    logout_user()
    session.clear()
    g.person = None


def home_of(who: Person) -> str:
    """Where somebody's day begins."""
    return (
        url_for("wallboard.page") if who.may(BOARD) and who.agent.state is AgentState.OFFLINE else url_for("desk.page")
    )


def to_login() -> Any:
    """Send a visitor to the sign-in page, and back afterwards."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("login.page", next=wanted or None))
