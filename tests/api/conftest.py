"""People at the API: Ali and Birgit are agents, Sofie supervises, Karen calls, Otto has no rights."""

from typing import Any

import pytest
import requests

from tests.kit.town import Desk, Town

KAREN = "+4520304051"
"""Two cases of the demo are hers."""

SHOWN_BY_THE_SNAPSHOT = 400
"""How often to ask for a board that is renewed once a second, before giving up."""


@pytest.fixture
def ali(town: Town) -> Desk:
    return town.agent("ali", groups="omstilling")


@pytest.fixture
def birgit(town: Town) -> Desk:
    return town.agent("birgit", groups="borgerservice", skills="pas:5")


@pytest.fixture
def sofie(town: Town) -> Desk:
    return town.agent("sofie", groups="omstilling", role="supervisor")


class Otto:
    """Somebody without an account, who tries all the same."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def asks(self, method: str, path: str, body: Any = None, *, token: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, f"{self._town.url}/api/v1{path}", json=body, headers=headers, timeout=20)


@pytest.fixture
def otto(town: Town) -> Otto:
    return Otto(town)


def waits(town: Town, number: str = KAREN):
    """A caller in line for the switchboard."""
    call = town.calls(number)
    call.hears("Tast 1")
    call.press("0")
    call.hears("kø")
    return call


def until(asked, is_so):
    """What is asked, asked again until it is so: the board is read once a second."""
    for _ in range(SHOWN_BY_THE_SNAPSHOT):
        answer = asked()
        if is_so(answer):
            return answer
    raise AssertionError(f"never came to be: {answer}")
