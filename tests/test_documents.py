"""Holds the documents to the code: commands, variables, files and numbers that they name are there, and nothing is left out."""

import csv
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
import pytest

from ivr.adapters.store.retention import DAYS
from ivr.cli import demo, demo_town, staff
from ivr.cli.main import ivr
from ivr.settings import Settings

ROOT = Path(__file__).parents[1]
FOLDERS = ("docs", "ivr", "tests", "grammars", "demo")
# What the tests' data tell of themselves is about other programs.
DATA = ROOT / "tests" / "data"
FOUND = [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))]
DOCUMENTS = sorted(path for path in FOUND if not path.is_relative_to(DATA))
README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"^\| `([A-Z][A-Z_]+)` \|", re.MULTILINE)
# What a document may name of the code: from the top of the repository, or from the top of the package.
PATH = re.compile(r"(?:ivr|tests|tools|docs|grammars|demo|domain|adapters|operations)/[\w./*-]*")
FIELD = re.compile(r"docs/field\.md`?,\s+\"?([\w ?]+)")

REGISTRIES = ("pypi.", "pythonhosted.", "npmjs.", "docker.io", "docker.com", "ghcr.io", "quay.io", "/simple/")

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def prose_of(document: Path) -> str:
    return FENCE.sub("", text_of(document))


def command_lines(document: Path) -> Iterator[str]:
    """Every line that a reader might type, from blocks of code and from the running text."""
    for language, block in FENCE.findall(text_of(document)):
        if language == "sh":
            yield from (line.strip() for line in block.splitlines())
    yield from (line.strip() for line in prose_of(document).splitlines() if line.startswith("    "))
    yield from SPAN.findall(prose_of(document))


def options_of(command: click.Command) -> set[str]:
    return {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help", "-h"}


def all_commands(command: click.Command = ivr) -> Iterator[click.Command]:
    yield command
    for inner in commands_of(command).values():
        yield from all_commands(inner)


def commands_of(command: click.Command) -> dict[str, click.Command]:
    if not isinstance(command, click.Group):
        return {}
    context = click.Context(command)
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return {name: inner for name, inner in found.items() if inner is not None}


def problem_with(line: str) -> str | None:
    """What is wrong with a command line that begins with `ivr`; None where it could be run."""
    command: click.Command = ivr
    for word in shlex.split(line, comments=True)[1:]:
        if word.startswith("-"):
            if word.split("=")[0] not in options_of(command):
                return f"{line!r}: {command.name} has no option {word}"
        elif isinstance(command, click.Group):
            if word not in commands_of(command):
                return f"{line!r}: {command.name} has no command {word}"
            command = commands_of(command)[word]
    return None


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def variables_read() -> set[str]:
    needed = {
        "IVR_PUBLIC_URL": "https://ivr.example.dk",
        "IVR_SECRET_KEY": "0123456789abcdef",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "0123456789abcdef",
    }
    environment = Asked(needed)
    Settings.from_environment(environment)
    named = {str(param.envvar) for command in all_commands() for param in command.params if param.envvar}
    return environment.names | named | set(staff.FOR_BROWSER_PHONES)


@every_document
def test_a_document_names_only_commands_and_options_that_exist(document: Path):
    lines = [line for line in command_lines(document) if line.startswith("ivr ")]
    everywhere = {option for command in all_commands() for option in options_of(command)}

    problems = [problem for line in lines if (problem := problem_with(line)) is not None]
    unknown = [span for span in SPAN.findall(prose_of(document)) if re.fullmatch(r"--[a-z-]+", span)]

    assert problems == []
    assert set(unknown) <= everywhere


@every_document
def test_a_document_names_only_targets_of_make_that_exist(document: Path):
    targets = re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE)

    named = [line.split()[1] for line in command_lines(document) if line.startswith("make ")]

    assert set(named) <= set(targets)


def test_an_unknown_command_or_option_in_a_document_is_found():
    assert problem_with("ivr serve --port 8000  # a comment") is None
    assert problem_with("ivr staff import demo/staff.csv --remove-others") is None
    assert problem_with("ivr serv") == "'ivr serv': ivr has no command serv"
    assert problem_with("ivr staff list --jsn") == "'ivr staff list --jsn': list has no option --jsn"


def test_the_readme_lists_every_variable_that_is_read_and_no_other():
    assert sorted(VARIABLE.findall(text_of(README))) == sorted(variables_read())


@every_document
def test_a_document_names_no_variable_that_nobody_reads(document: Path):
    named = set(re.findall(r"\b(?:IVR|TWILIO)_[A-Z_]+\b", text_of(document)))
    of_tests = {"IVR_CHROMIUM", "IVR_NOTHING_LEFT_OUT"} if document == CONTRIBUTING else set()

    assert named <= variables_read() | of_tests


@every_document
def test_every_link_leads_to_something(document: Path):
    targets = [target.split("#")[0] for target in LINK.findall(text_of(document)) if "://" not in target]

    missing = [target for target in targets if target and not (document.parent / unquote(target)).exists()]

    assert missing == []


@every_document
def test_every_path_that_a_document_names_is_there(document: Path):
    named = [span for span in SPAN.findall(prose_of(document)) if PATH.fullmatch(span)]

    missing = [path for path in named if not (any(ROOT.glob(path)) or any((ROOT / "ivr").glob(path)))]

    assert missing == []


@every_document
def test_a_document_speaks_of_the_project_alone(document: Path):
    text = text_of(document).lower()

    assert [word for word in (*REGISTRIES, "/work/") if word in text] == []


def test_the_layout_and_the_table_of_changes_name_what_is_there():
    layout = next(block for language, block in FENCE.findall(text_of(CONTRIBUTING)) if language == "text")
    table = text_of(CONTRIBUTING).split("| to add | touch |")[1].split("\n\n")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "---" not in line]

    missing = [line.split()[0] for line in layout.splitlines() if not (ROOT / line.split()[0]).exists()]

    assert missing == []
    assert len(rows) > 8
    assert [row for row in rows if not any(PATH.fullmatch(span) for span in SPAN.findall(row))] == []


def sources() -> Iterator[tuple[Path, str]]:
    """Everything of ours that is no document and may point to one."""
    yield ROOT / "routes.yaml", text_of(ROOT / "routes.yaml")
    for folder in ("ivr", "tests", "grammars"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yaml", ".html", ".js") and path != Path(__file__):
                # Some files are broken on purpose, to be refused.
                yield path, path.read_text(encoding="utf-8", errors="replace")


def test_documents_that_the_code_points_to_are_there():
    pointed = {(path, name) for path, text in sources() for name in re.findall(r"docs/[\w/-]+\.md", text)}

    assert [(str(path), name) for path, name in sorted(pointed) if not (ROOT / name).exists()] == []
    assert any(name.startswith("docs/decisions/") for _, name in pointed)


def test_facts_of_the_field_that_the_code_points_to_have_their_section():
    headings = [line[3:].lower() for line in text_of(ROOT / "docs/field.md").splitlines() if line.startswith("## ")]
    pointed = {
        (path, subject.strip())
        for path, text in sources()
        for found in FIELD.findall(text)
        for subject in found.lower().split(" and ")
    }

    missing = [(str(path), subject) for path, subject in sorted(pointed) if not _begins_one(headings, subject)]

    assert len(pointed) > 5
    assert missing == []


def _begins_one(headings: list[str], subject: str) -> bool:
    return any(heading.startswith(subject) for heading in headings)


@pytest.mark.parametrize(
    ("number", "decision"), list(enumerate(DECISIONS, 1)), ids=lambda value: getattr(value, "stem", "")
)
def test_a_decision_has_its_number_a_question_a_choice_and_a_cost(number: int, decision: Path):
    text = text_of(decision)

    assert decision.name.startswith(f"{number:03}-")
    assert text.startswith(f"# {number}. ")
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Question", "Chosen", "Cost"]
    assert len(text.splitlines()) <= 30


def test_the_readme_leads_to_the_demo_as_it_is():
    port = {param.name: param.default for param in demo.command.params}
    people = {row["username"]: row for row in csv.DictReader((ROOT / "demo/staff.csv").open(encoding="utf-8"))}
    employees = {
        row["name"]: row["phone"] for row in csv.DictReader((ROOT / "demo/directory.csv").open(encoding="utf-8"))
    }
    text = text_of(README)

    engine, phones = f"http://127.0.0.1:{port['engine_port']}", f"http://127.0.0.1:{port['phones_port']}"
    addresses = set(re.findall(r"<(http://127[^>]+)>", text))
    logins = re.findall(r"`(\w+)` / `([\w-]+)`", text)

    assert addresses == {
        f"{engine}/desk",
        f"{engine}/wallboard",
        f"{phones}/phone",
        f"{phones}/phone?number=%2B{people[demo_town.YOURS]['device'][1:]}",
        f"{phones}/phone?number=%2B{employees['Jonas Kjærgaard'][1:]}",
    }
    assert dict(logins) == {name: people[name]["password"] for name in (demo_town.YOURS, "sofie")}
    assert len(text.splitlines()) < 120


def test_the_days_that_operators_read_of_are_those_of_the_purge():
    rows = re.findall(r"^\| `--(\w+)` \| (\d+) \|", text_of(ROOT / "docs/operations.md"), re.MULTILINE)

    assert {kind: int(days) for kind, days in rows} == dict(DAYS)


def test_the_container_copies_what_is_there_and_starts_a_command_that_exists():
    text = text_of(ROOT / "Dockerfile")
    let_in = {line[1:] for line in text_of(ROOT / ".dockerignore").splitlines() if line.startswith("!")}

    copied = {name for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE) for name in line.split()[:-1]}
    started = re.search(r"^CMD \[(.+)\]$", text, re.MULTILINE)
    run = re.findall(r"^RUN (ivr .+)$", text, re.MULTILINE)

    assert copied == let_in
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert started is not None
    assert problem_with(" ".join(re.findall(r'"([^"]+)"', started[1]))) is None
    assert run == ["ivr grammar build"]
    assert [problem for line in run if (problem := problem_with(line)) is not None] == []
    assert set(re.findall(r"\bIVR_[A-Z_]+\b", text)) <= variables_read()
