"""`ivr`: every command in one place."""

import logging
from importlib import import_module

import click

from ivr.cli.endings import ending_well
from ivr.telemetry import configure

COMMANDS = (
    "call",
    "carrier",
    "cases",
    "check",
    "db",
    "demo",
    "directory",
    "dispatch",
    "evaluate",
    "grammar",
    "graph",
    "hours",
    "listen",
    "match",
    "proposals",
    "purge",
    "serve",
    "simulate",
    "staff",
)
"""Each is the `command` of the module of its name."""


class Commands(click.Group):
    """Imports a command when it is asked for: the main line must not wait for the tools of a planner."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"ivr.cli.{cmd_name}").command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ivr")
def ivr() -> None:
    """Answers a municipality's main number: understands, helps, queues, connects and measures."""


def main() -> None:
    """The entry point."""
    # Standard output is for a command's answer. What stays and serves tells more of itself.
    configure(level=logging.WARNING)
    ending_well(ivr)
