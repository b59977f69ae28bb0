"""`ivr` as a whole: every command helps, and errors have their exit codes."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ivr.cli.main import COMMANDS, ivr
from tests.kit.town import ROOT


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_helps_with_an_example(name):
    told = CliRunner().invoke(ivr, [name, "--help"])
    commands = getattr(COMMANDS[name], "commands", {})
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
