"""The example municipality's grammars and directory, read once."""

import csv
import os
from pathlib import Path

import pytest
import yaml

from ivr.adapters.files import hearings
from ivr.domain.speech.match import Matcher
from ivr.domain.speech.names import Entry

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def learnt():
    texts = {f"{p.parent.name}/{p.name}": p.read_text("utf-8") for p in (ROOT / "grammars").glob("*/*.yaml")}
    return hearings.of_sources(Path(os.environ["IVR_TRAINED"]), texts)


@pytest.fixture(scope="session")
def grammars(learnt):
    return {language: hearing.grammar for language, hearing in learnt.items()}


@pytest.fixture(scope="session")
def matcher(learnt):
    departments = yaml.safe_load((ROOT / "routes.yaml").read_text("utf-8"))["departments"]
    ids = {department["name"]["da"]: id for id, department in departments.items()}
    with open(ROOT / "demo" / "directory.csv", encoding="utf-8", newline="") as file:
        people = [
            Entry(
                id=row["name"],
                name=row["name"],
                department_id=ids[row["department"]],
                department_name=row["department"],
            )
            for row in csv.DictReader(file)
        ]
    named = [Entry(id=f"department:{id}", name=n) for id, place in departments.items() for n in place["name"].values()]
    return Matcher(learnt, people + named)
