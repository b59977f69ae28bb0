"""An agent's desk as the crowd uses it: the product's JSON API, asked without any lock held."""

import logging
from collections.abc import Callable
from typing import Any

import requests

from ivr.simulator.clock import Clock

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 10
SIGN_IN_AGAIN_SECONDS = 15


class Desk:
    """Signs in and becomes ready; later reports how talks ended. A product that is not there yet is tried again."""

    def __init__(self, clock: Clock, product_url: str, username: str, password: str) -> None:
        self._clock, self._base = clock, f"{product_url.rstrip('/')}/api/v1"
        self._username, self._password = username, password
        self._session = requests.Session()
        self._session.trust_env = False
        self.is_signed_in = self.is_leaving = False

    def sign_in(self) -> None:
        """And be ready."""
        body = {"username": self._username, "password": self._password}
        self._ask("POST", "/login", body, self._signed_in)

    def set_state(self, state: str) -> None:
        if self.is_signed_in:
            self._ask("PUT", "/me/state", {"state": state}, lambda answer: None)

    def leave(self) -> None:
        """The day is over: a product that has gone already needs no telling."""
        self.is_leaving = True
        self.set_state("offline")

    def wrap_up(self, outcome: dict[str, str]) -> None:
        """Report the talk that has just ended, if the product waits for that, and be ready again."""
        self._ask("GET", "/me", None, lambda me: self._wrap_up(me or {}, outcome))

    def _signed_in(self, answer: dict[str, Any] | None) -> None:
        if not answer or "token" not in answer:
            self._clock.after(SIGN_IN_AGAIN_SECONDS, self.sign_in)
            return
        self._session.headers["Authorization"] = f"Bearer {answer['token']}"
        self.is_signed_in = True
        self.set_state("ready")

    def _wrap_up(self, me: dict[str, Any], outcome: dict[str, str]) -> None:
        contact = me.get("contact")
        contact_id = contact.get("id") if isinstance(contact, dict) else contact
        if contact_id and me.get("state") == "wrap_up":
            self._ask("POST", f"/contacts/{contact_id}/wrap-up", outcome, lambda answer: self.set_state("ready"))
        elif me.get("state") in ("break", "offline"):
            self.set_state("ready")

    def _ask(self, method: str, path: str, body: Any, then: Callable[[dict[str, Any] | None], None]) -> None:
        def work() -> dict[str, Any] | None:
            try:
                response = self._session.request(method, self._base + path, json=body, timeout=PATIENCE_SECONDS)
                response.raise_for_status()
                return response.json() if response.content else {}
            except requests.ConnectionError as error:
                # It is not there yet, is being started again, or has ended: whoever runs it knows.
                log.debug("the crowd's agent %s: %s %s: %s", self._username, method, path, error)
            except (requests.RequestException, ValueError) as error:
                level = logging.DEBUG if self.is_leaving else logging.WARNING
                log.log(level, "the crowd's agent %s: %s %s: %s", self._username, method, path, error)
            return None

        self._clock.outside(work, then)
