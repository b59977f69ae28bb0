"""`ivr staff`: a good file is taken over whole, a bad one not at all, and every problem is told at once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ivr.adapters.store import agents, events
from ivr.cli.staff import command
from ivr.domain.routing.agents import AgentState
from ivr.operations.agents import hashed
from tests.adapters.store.rows import a_contact, an_agent, an_engagement, an_entry
from tests.kit.database import environment

DEMO = str(Path(__file__).parents[2] / "demo" / "staff.csv")
HEADER = "username,name,role,device,groups,skills,password"
ALI = "ali,Ali Demir,agent,+4572001201,borgerservice;omstilling,pas:3;mitid:2,demo-ali"
Write = Callable[..., str]
Run = Callable[..., Result]


@pytest.fixture
def run(engine: Engine, database_url: str) -> Run:
    def invoke(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(command, [*arguments], env={**environment(database_url), **more})

    return invoke


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes `staff.csv` into the present folder."""
    monkeypatch.chdir(tmp_path)

    def file(*lines: str, header: str = HEADER, encoding: str = "utf-8", end: str = "\n") -> str:
        (tmp_path / "staff.csv").write_bytes(end.join([header, *lines, ""]).encode(encoding))
        return "staff.csv"

    return file


def staff(engine: Engine) -> dict[str, tuple[agents.Agent, agents.Abilities]]:
    with engine.connect() as db:
        everyone = agents.everyone(db)
        abilities = agents.abilities_of(db, [agent.id for agent in everyone])
    return {agent.username: (agent, abilities[agent.id]) for agent in everyone}


def test_the_demo_file_is_taken_over(run: Run, engine: Engine) -> None:
    result = run("import", DEMO)

    assert (result.exit_code, result.output) == (0, f"{DEMO}: 16 members of staff taken over.\n")
    ali, able = staff(engine)["ali"]
    assert (ali.name, ali.role, ali.device, ali.state) == ("Ali Demir", "agent", "+4572001201", AgentState.OFFLINE)
    assert able == agents.Abilities(groups=frozenset({"borgerservice", "omstilling"}), skills={"pas": 3, "mitid": 2})
    assert ali.password_hash.startswith("$argon2id$")


def test_an_import_changes_people_and_signs_nobody_out(run: Run, write: Write, engine: Engine) -> None:
    run("import", write(ALI))
    before, _ = staff(engine)["ali"]
    with engine.begin() as db:
        agents.change(db, before.id, state="break", wanted="break")

    run("import", write(ALI.replace("Ali Demir", "Ali Demir Olsen").replace("pas:3;mitid:2", "")))

    after, able = staff(engine)["ali"]
    assert (after.id, after.name, after.state) == (before.id, "Ali Demir Olsen", AgentState.BREAK)
    assert after.password_hash == before.password_hash
    assert able.skills == {}


def test_a_new_password_gets_a_new_hash(run: Run, write: Write, engine: Engine) -> None:
    run("import", write(ALI))
    before, _ = staff(engine)["ali"]

    run("import", write(ALI.replace("demo-ali", "another-one")))

    assert staff(engine)["ali"][0].password_hash != before.password_hash


def test_every_problem_is_told_with_its_place_and_nothing_is_written(run: Run, write: Write, engine: Engine) -> None:
    path = write(
        "bo,Bo,agnet,+4572001201,borgerservise,pas:7;dans:2,kort",
        "bo,,agent,,byg,byg,hemmelig-nok",
        'eva,"Holm, Eva",agent,90112233,byg,byg:1;byg:2,hemmelig-nok',
        "ib ib,Ib,agent,ring mig,byg,byg:1,hemmelig-nok",
        ALI,
    )

    result = run("import", path)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        'staff.csv:2:7  "agnet" is not a role.',
        '               Nearest: "agent".',
        'staff.csv:2:25  "borgerservise" is not a group.',
        '                Nearest: "borgerservice".',
        'staff.csv:2:39  "dans" is not a skill.',
        '                Known: "byg", "inddrivelse", "miljoe", "mitid", "pas", "pension", "sygedagpenge".',
        'staff.csv:2:39  "pas:7" has no level from 1 to 5.',
        "                Write pas:3.",
        "staff.csv:2:52  the password is shorter than 8 characters.",
        'staff.csv:3:1  "bo" is already the username in line 2.',
        "staff.csv:3:4  the name is missing.",
        "staff.csv:3:11  an agent needs a device to be rung on.",
        "                Write a telephone number or sip:….",
        'staff.csv:3:16  "byg" has no level from 1 to 5.',
        "                Write byg:3.",
        'staff.csv:4:23  "90112233" is a number that costs extra or that nobody answers.',
        'staff.csv:4:36  "byg" is there twice.',
        'staff.csv:5:1  "ib ib" has a blank in it, which a username may not.',
        'staff.csv:5:16  "ring mig" is not a device.',
        "                Write a number as +4572001234, or an address as sip:name@host or client:name.",
        "Nothing was written.",
    ]
    assert staff(engine) == {}


def test_a_password_is_never_printed_nor_logged(
    run: Run, write: Write, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    good, bad = run("import", write(ALI)), run("import", write(ALI.replace("demo-ali", "qzxjk")))

    assert (good.exit_code, bad.exit_code) == (0, 1)
    told = good.output + bad.output + run("list", "--json").output + caplog.text
    assert "qzxjk" not in told
    assert "demo-ali" not in told
    assert "argon2" not in told


def test_a_phone_in_the_browser_needs_the_carriers_keys(run: Run, write: Write, engine: Engine) -> None:
    path = write(ALI.replace("+4572001201", "client:ali"))

    refused = run("import", path, TWILIO_API_KEY="SK1")
    taken = run("import", path, TWILIO_API_KEY="SK1", TWILIO_API_SECRET="s", TWILIO_APP_SID="AP1")

    assert refused.exit_code == 1
    assert refused.stderr.splitlines() == [
        'staff.csv:2:21  "client:ali" is a phone in the browser, which this installation has not.',
        "                Set TWILIO_API_SECRET, TWILIO_APP_SID, or give a telephone number.",
        "Nothing was written.",
    ]
    assert taken.exit_code == 0
    assert staff(engine)["ali"][0].device == "client:ali"


def test_a_sip_phone_is_a_device_and_a_supervisor_needs_none(run: Run, write: Write, engine: Engine) -> None:
    path = write(ALI.replace("+4572001201", "sip:ali@pbx.example.dk"), "sofie,Sofie,supervisor,,,,demo-sofie")

    result = run("import", path)

    assert result.exit_code == 0, result.output
    assert [agent.device for agent, _ in staff(engine).values()] == ["sip:ali@pbx.example.dk", ""]


def test_an_agent_without_a_group_is_taken_with_a_warning(run: Run, write: Write, engine: Engine) -> None:
    result = run("import", write("bo,Bo,agent,+4572001201,,,hemmelig-nok"))

    assert result.exit_code == 0
    assert result.stderr == "staff.csv:2:25  warning: an agent without a group is offered no calls.\n"
    assert "bo" in staff(engine)


def test_columns_may_stand_in_any_order(run: Run, write: Write, engine: Engine) -> None:
    path = write("hemmelig-nok,Bo,bo,+4572001201,agent,,byg", header="password,name,username,device,role,skills,groups")

    assert run("import", path).exit_code == 0
    assert staff(engine)["bo"][0].name == "Bo"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_of_every_machine_are_read(run: Run, write: Write, engine: Engine, encoding: str, end: str) -> None:
    # On a Mac the å of a name may be written as a and a ring.
    path = write(ALI.replace("Ali Demir", "Åse Bjærre"), encoding=encoding, end=end)

    assert run("import", path).exit_code == 0
    assert staff(engine)["ali"][0].name == "Åse Bjærre"


def test_a_file_with_semicolons_is_told_so(run: Run, write: Write) -> None:
    result = run("import", write(ALI.replace(",", ";"), header=HEADER.replace(",", ";")))

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "staff.csv:1:1  the columns are separated by semicolons.",
        "               Separate them by commas; several groups or skills in one cell keep their semicolons.",
        "Nothing was written.",
    ]


def test_a_file_of_old_windows_is_told_so_where_it_begins(run: Run, write: Write) -> None:
    result = run("import", write(ALI, "laerke,Lærke,agent,+4572001203,byg,,demo-laerke", encoding="cp1252"))

    assert result.stderr.splitlines()[:2] == [
        "staff.csv:3:9  is not written in UTF-8.",
        '               In Excel choose "CSV UTF-8" when saving.',
    ]


@pytest.mark.parametrize(
    ("header", "lines", "told"),
    [
        (HEADER.replace("device", "devise"), [ALI], 'staff.csv:1:20  "devise" is not a column of this file.'),
        (HEADER.replace("device", "devise"), [ALI], 'Nearest: "device".'),
        (HEADER.replace(",groups", ""), [ALI], 'staff.csv:1:1  missing: "groups".'),
        (HEADER.replace("name,role", "role,role"), [ALI], 'the column "role" is there twice.'),
        (HEADER, ["bo,Bo,agent"], "staff.csv:2:1  the row has 3 values, the first line names 7 columns."),
        (HEADER, ['bo,"Bo,agent,+4572001201,byg,,hemmelig-nok'], "staff.csv:2:4  begins with a quotation mark"),
        ("", [], "staff.csv:1:1  the file is empty."),
    ],
)
def test_a_file_that_is_no_staff_file_is_told_why(run: Run, write: Write, header: str, lines: list[str], told: str):
    result = run("import", write(*lines, header=header))

    assert result.exit_code == 1
    assert told in result.stderr


def test_a_file_that_is_not_there_is_told_so(run: Run) -> None:
    result = run("import", "nowhere.csv")

    assert (result.exit_code, result.stderr) == (
        1,
        "nowhere.csv:1:1  cannot be read: No such file or directory.\nNothing was written.\n",
    )


def test_a_header_alone_is_a_file_without_people(run: Run, write: Write, engine: Engine) -> None:
    result = run("import", write())

    assert (result.exit_code, result.output) == (0, "staff.csv: 0 members of staff taken over.\n")


def test_whoever_is_not_in_the_file_stays_and_is_named(run: Run, write: Write, engine: Engine) -> None:
    run("import", write(ALI))

    result = run("import", write(ALI.replace("ali,", "bo,")))

    assert result.output.splitlines()[1] == "Not in the file, but kept (--remove-others removes them): ali"
    assert staff(engine)["ali"][0].device == "+4572001201"


def test_whoever_has_left_signs_in_no_more_and_is_offered_no_calls(run: Run, write: Write, engine: Engine) -> None:
    run("import", write(ALI))
    before, _ = staff(engine)["ali"]
    with engine.begin() as db:
        agents.change(db, before.id, state="break", wanted="break")

    result = run("import", write(ALI.replace("ali,", "bo,")), "--remove-others")
    again = run("import", write(ALI.replace("ali,", "bo,")), "--remove-others")

    assert result.output.splitlines()[1] == "Removed: ali"
    assert len(again.output.splitlines()) == 1
    after, able = staff(engine)["ali"]
    assert (after.device, after.state, after.wanted) == ("", AgentState.OFFLINE, AgentState.OFFLINE)
    assert able == agents.Abilities(groups=frozenset(), skills={})
    assert after.password_hash not in (before.password_hash, "")


def test_whoever_leaves_during_a_talk_ends_it_first(run: Run, write: Write, engine: Engine) -> None:
    with engine.begin() as db:
        agent = an_agent(db, username="ali", state="talking", wanted="ready", device="+45", password_hash=hashed("x"))
        contact = a_contact(db)
        entry = an_entry(db, contact, state="connected")
        an_engagement(db, agent=agent, entry=entry, contact=contact, state="connected")

    run("import", write(ALI.replace("ali,", "bo,")), "--remove-others")

    after, _ = staff(engine)["ali"]
    assert (after.state, after.wanted) == (AgentState.TALKING, AgentState.OFFLINE)


def test_the_list_masks_telephone_numbers_unless_asked(run: Run, write: Write) -> None:
    run("import", write(ALI, "sofie,Sofie,supervisor,,,,demo-sofie"))

    masked, clear = run("list"), run("list", "--show-numbers")

    assert masked.output.splitlines() == [
        "username  name       role        state    device  groups                    skills",
        "ali       Ali Demir  agent       offline  +45…01  borgerservice omstilling  mitid:2 pas:3",
        "sofie     Sofie      supervisor  offline",
    ]
    assert "+4572001201" in clear.output


def test_the_list_is_one_json_document_for_machines(run: Run, write: Write) -> None:
    run("import", write(ALI))

    assert json.loads(run("list", "--json").output) == [
        {
            "username": "ali",
            "name": "Ali Demir",
            "role": "agent",
            "state": "offline",
            "device": "+45…01",
            "groups": ["borgerservice", "omstilling"],
            "skills": {"mitid": 2, "pas": 3},
        }
    ]


def test_an_empty_list_says_what_to_do(run: Run) -> None:
    assert run("list").output == "No staff yet. Import them: ivr staff import FILE\n"
    assert run("list", "--json").output == "[]\n"


def test_an_import_is_in_the_log_without_names(run: Run, write: Write, engine: Engine) -> None:
    run("import", write(ALI))

    with engine.connect() as db:
        row = db.execute(events.events.select()).one()
    assert (row.kind, row.data) == ("staff_imported", {"members": 1})


def test_a_missing_setting_is_told(run: Run) -> None:
    result = run("list", IVR_SECRET_KEY="")

    assert result.exit_code == 1
    assert "IVR_SECRET_KEY is not set" in result.stderr


def test_a_database_that_is_not_there_is_told_without_its_password(run: Run) -> None:
    result = run("list", IVR_DATABASE_URL="postgresql://ivr:hemmelig@127.0.0.1:1/ivr")

    assert result.exit_code == 1
    assert "The database postgresql://ivr:***@127.0.0.1:1/ivr cannot be used:" in result.stderr
    assert "hemmelig" not in result.output


def test_groups_are_those_of_the_stored_plan_where_there_is_no_file(run: Run, write: Write) -> None:
    result = run("import", write(ALI), IVR_ROUTES="nowhere.yaml")

    assert result.exit_code == 1
    assert result.stderr == "nowhere.yaml is no dial plan, and none is stored.\nRun: ivr check nowhere.yaml\n"


def test_wrong_usage_is_exit_code_2(run: Run) -> None:
    assert run("import").exit_code == 2


@pytest.mark.parametrize("name", ["import", "list"])
def test_help_ends_with_an_example(run: Run, name: str) -> None:
    assert run(name, "--help").output.splitlines()[-1].strip().startswith(f"Example: ivr staff {name}")
