"""`ivr` as a whole: every command helps, and errors have their exit codes."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
import structlog
from click.testing import CliRunner

from ivr.cli import main
from ivr.cli.main import COMMANDS, ivr
from tests.kit.town import ROOT


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_with_an_example(name):
    told = CliRunner().invoke(ivr, [name, "--help"])
    commands = getattr(ivr.get_command(click.Context(ivr), name), "commands", {})
    helps = [CliRunner().invoke(ivr, [name, sub, "--help"]).output for sub in commands] or [told.output]

    assert told.exit_code == 0
    assert all("Example: ivr" in text for text in helps)


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "ivr", *arguments],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith(("IVR_", "TWILIO_"))} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_missing_settings_are_named_all_at_once():
    told = run("dispatch")

    assert told.returncode == 1
    for name in ("IVR_PUBLIC_URL", "IVR_SECRET_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        assert name in told.stderr
    assert "Traceback" not in told.stderr


def test_a_malformed_address_is_told_with_its_name():
    told = run(
        "dispatch", IVR_PUBLIC_URL="ivr.example", IVR_SECRET_KEY="short", TWILIO_ACCOUNT_SID="AC", TWILIO_AUTH_TOKEN="t"
    )

    assert told.returncode == 1
    assert "IVR_PUBLIC_URL='ivr.example' is not a base address" in told.stderr
    assert "IVR_SECRET_KEY is shorter" in told.stderr


def test_wrong_usage_exits_with_2():
    assert run("serve", "--port", "many").returncode == 2


@pytest.fixture
def log_as_it_was():
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


@pytest.mark.usefixtures("log_as_it_was")
def test_a_crash_leaves_its_report_even_where_the_folder_cannot_be_written_to(monkeypatch, capsys):
    @click.command()
    def fails():
        raise RuntimeError("+4520304050 is nobody's business")

    monkeypatch.setenv("IVR_VAR", "/proc/nope")
    monkeypatch.setattr(main, "ivr", fails)
    monkeypatch.setattr(sys, "argv", ["ivr"])

    with pytest.raises(SystemExit) as ended:
        main.main()

    told = capsys.readouterr().err
    report = Path(told.split("The report ")[1].split(" is worth")[0])
    text = report.read_text(encoding="utf-8")
    report.unlink()
    assert ended.value.code == 3
    assert "RuntimeError" in told
    assert "Traceback" in text
    assert "20304050" not in text


def test_a_folder_for_the_database_that_cannot_be_made_is_told():
    told = run(
        "db",
        "upgrade",
        IVR_PUBLIC_URL="https://ivr.example.dk",
        IVR_SECRET_KEY="0123456789abcdef",
        TWILIO_ACCOUNT_SID="AC" + "0" * 32,
        TWILIO_AUTH_TOKEN="0123456789abcdef",
        IVR_VAR="/proc/nope",
    )

    assert told.returncode == 1
    assert told.stderr == "The folder /proc/nope cannot be made: No such file or directory.\nCorrect IVR_VAR.\n"
