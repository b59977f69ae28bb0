"""kill -9 of the engine with callers in the menu, in the queue and in conversation: all of them go on."""

import os
import signal
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from tests.kit.processes import heard, until
from tests.kit.town import MAIN, PASSWORD


def api(processes, method, path, token="", body=None):
    session = requests.Session()
    session.trust_env = False
    headers = {"Authorization": f"Bearer {token}"}
    answer = session.request(method, f"{processes.url}/api/v1{path}", json=body, headers=headers, timeout=10)
    assert answer.ok, answer.text
    return answer.json() if answer.content else None


@pytest.mark.timeout(240)
def test_callers_in_menu_queue_and_conversation_go_on_after_the_engine_was_killed(live_town):
    carrier, processes, parts = live_town.carrier, live_town.engine, live_town.parts
    token = api(processes, "POST", "/login", body={"username": "ali", "password": PASSWORD})["token"]
    api(processes, "PUT", "/me/state", token, {"state": "ready"})
    agent = carrier.phone("+4572001300").answers(after=1)

    talking = carrier.phone("+4520304071").dial(MAIN)
    heard(talking, "Hvad drejer")
    talking.press("0")
    line = until(lambda: next((line for line in agent.lines if line.state == "in-progress"), None), why="Ali answers")
    heard(line, "Tast 1")
    line.press("1")
    until(lambda: carrier.talks(talking, line), why="they talk")
    waiting = carrier.phone("+4520304072").dial(MAIN)
    heard(waiting, "Hvad drejer")
    waiting.press("0")
    heard(waiting, "kø til Omstillingen")
    menu = carrier.phone("+4520304073").dial(MAIN)
    heard(menu, "Hvad drejer")

    processes.kill()
    assert carrier.talks(talking, line)
    processes.start()

    menu.say("jeg skal have nyt pas")
    heard(menu, "link på sms")
    assert waiting.is_live
    assert carrier.talks(talking, line)
    talking.hang_up()
    until(lambda: api(processes, "GET", "/me", token)["state"] == "wrap_up", why="Ali wraps up")
    contact = api(processes, "GET", "/me/contact", token)["id"]
    api(processes, "POST", f"/contacts/{contact}/wrap-up", token, {"resolved": "yes"})
    second = until(
        lambda: next((found for found in agent.lines if found.state == "in-progress" and found is not line), None),
        why="Ali is rung for the waiting caller",
    )
    heard(second, "Tast 1")
    second.press("1")
    until(lambda: carrier.talks(waiting, second), why="the waiting caller is through")
    for caller in (waiting, menu):
        caller.hang_up()
    until(lambda: _open_lines(parts) == 0, why="every line is closed in the log")
    with parts.engine.connect() as db:
        kinds = [
            row.kind
            for row in db.execute(text("SELECT kind FROM events WHERE contact_id = :c ORDER BY id"), {"c": contact})
        ]
    assert [
        k for k in kinds if k in ("queued", "offered", "accepted", "connected", "talk_ended", "wrapped_up", "ended")
    ] == [
        "queued",
        "offered",
        "accepted",
        "connected",
        "talk_ended",
        "wrapped_up",
        "ended",
    ]


def _open_lines(parts) -> int:
    with parts.engine.connect() as db:
        return db.execute(text("SELECT count(*) FROM contacts WHERE line_ended_at IS NULL")).scalar_one()


@pytest.mark.timeout(120)
def test_a_dispatcher_that_was_killed_is_started_anew(live_town):
    before = dispatcher(live_town.engine)

    os.kill(before, signal.SIGKILL)

    until(lambda: dispatcher(live_town.engine) not in (0, before), why="another dispatcher runs")


def dispatcher(processes) -> int:
    """The process that `ivr serve` runs beside the web; 0 where there is none."""
    parent = processes.process.pid
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if b"ivr: dispatcher" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    return 0
