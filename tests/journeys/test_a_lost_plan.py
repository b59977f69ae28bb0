"""A dial plan that an older program stored and this one reads no more: its calls go on, and nobody is told of it twice."""

import json
import socket
import subprocess
import sys

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from ivr.adapters.store import dialplans
from ivr.domain.contacts.facts import Fact
from ivr.operations.plans import version_of
from tests.journeys.test_queue_to_wrap_up import in_line, talking
from tests.kit.database import environment
from tests.kit.town import sources

UNREADABLE = {"routes.yaml": "municipality: {colour: red}\n"}


@pytest.fixture
def lost(town, request):
    """Says, when it is called, that all calls under way began on a plan that cannot be read; texts may be changed in them."""

    def lose(**changed: str) -> str:
        version = request.node.name[-30:]
        with town.engine.begin() as db:
            # Older than the current one, and named by the test: what cannot be read is remembered by its name.
            old = {"version": version, "sources": json.dumps(UNREADABLE)}
            db.execute(
                text("INSERT INTO dialplans VALUES (:version, CAST(:sources AS jsonb), '2020-01-01T00:00:00Z')"), old
            )
            db.execute(text("UPDATE contacts SET plan_version = :version"), old)
            for old_text, new_text in changed.items():
                change = {"old": f'"{old_text}"', "new": f'"{new_text}"'}
                db.execute(text("UPDATE contacts SET flow_state = replace(flow_state, :old, :new)"), change)
        return version

    return lose


@pytest.fixture
def ali(town):
    return town.agent("ali", groups="omstilling")


def plan_now(town):
    with town.engine.connect() as db:
        return dialplans.current_version(db)


def test_a_caller_goes_on_where_the_place_is_left(town, lost):
    call = town.calls()
    call.hears("Hvad drejer")
    lost()

    call.say("jeg skal have nyt pas")

    call.hears("link på sms")
    assert town.contact().plan_version == plan_now(town)
    assert town.facts().count(Fact.REPAIRED) == 1


def test_a_caller_whose_menu_is_no_more_is_put_in_line_for_a_person(town, ali, lost):
    call = town.calls()
    call.hears("Hvad drejer")
    call.press("1")
    call.hears("tast 2")
    lost(main="nedlagt_menu")

    call.press("2")

    call.hears("Noget gik galt hos os")
    call.hears("kø til Omstillingen")
    ali.ready().takes()
    call.joins_conference()


def test_callers_in_line_keep_their_places(town, ali, lost):
    first = in_line(town)
    lost()
    later = in_line(town, "+4520304070")
    town.wait(30)

    ali.ready().takes()

    first.joins_conference()
    assert later.in_conference is None
    assert town.facts(0).count("queued") == 1


def test_a_caller_in_line_for_a_group_that_is_no_more_waits_for_the_switchboard(town, ali, lost):
    first = in_line(town)
    with town.engine.begin() as db:
        db.execute(text("UPDATE queue_entries SET group_id = 'nedlagt', needs = 'nedlagt;nedlagt:1;'"))
    lost(omstilling="nedlagt")
    later = in_line(town, "+4520304070")
    town.wait(30)

    ali.ready().takes()

    first.joins_conference()
    assert later.in_conference is None


def test_a_caller_on_a_number_that_is_no_more_goes_on_at_the_first_one(town, lost):
    call = town.calls()
    call.hears("Hvad drejer")
    with town.engine.begin() as db:
        db.execute(text("UPDATE contacts SET line = 'nedlagt'"))
    lost(main="nedlagt")

    call.press("1")

    call.hears("tast 2")


@pytest.mark.parametrize("group", ["omstilling", "nedlagt"])
def test_a_talk_goes_on_and_is_wrapped_up(town, ali, lost, group):
    call, line = talking(town, ali.ready())
    with town.engine.begin() as db:
        db.execute(text("UPDATE queue_entries SET group_id = :group"), {"group": group})
    lost(omstilling=group)
    town.wait(70)
    assert town.carrier.talks(call, line)

    ali.does("hang-up", ali.pop["id"])
    call.ends()
    ali.wraps_up("yes")

    assert town.contact().outcome == "settled_by_agent"
    town.is_tidy()


def test_it_is_told_once_for_all_turns_of_all_calls_and_new_calls_are_not_concerned(town, lost):
    calls = [town.calls(), town.calls("+4520304070")]
    for call in calls:
        call.hears("Hvad drejer")
    version = lost()

    with capture_logs() as told:
        for call in calls:
            call.press("1")
            call.hears("tast 2")
            call.press("9")
            call.hears("Hvad drejer")
        town.calls("+4520304071").hears("Velkommen til Lillebælt Kommune")

    warnings = [entry for entry in told if entry["log_level"] in ("warning", "error")]
    assert [(entry["event"], entry["version"]) for entry in warnings] == [("dial_plan_unreadable", version)]
    assert "colour" in warnings[0]["problems"]


@pytest.mark.timeout(60)
def test_nothing_is_started_with_a_plan_in_use_that_this_program_does_not_read(engine, database_url, tmp_path):
    unreadable = sources() | {"routes.yaml": sources()["routes.yaml"].replace("group: borgerservice", "colour: red", 1)}
    (tmp_path / "routes.yaml").write_text(unreadable["routes.yaml"], encoding="utf-8")
    with engine.begin() as db:
        row = {"version": version_of(unreadable), "sources": json.dumps(unreadable)}
        db.execute(text("INSERT INTO dialplans VALUES (:version, CAST(:sources AS jsonb), now())"), row)

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    started = subprocess.run(
        [sys.executable, "-m", "ivr", "serve", "--port", str(port)],
        env=environment(database_url) | {"IVR_ROUTES": str(tmp_path / "routes.yaml"), "IVR_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=50,
    )

    assert started.returncode == 1
    assert '"colour"' in started.stderr
    assert f"The stored dial plan {row['version']} cannot be read by this version of the program:" in started.stderr
    assert "Mend the files with ivr check, and start again." in started.stderr
