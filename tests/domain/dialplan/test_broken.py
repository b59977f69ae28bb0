"""Every broken plan in `broken/` is refused with exactly the text that stands beside it.

After a change of wording: `IVR_APPROVE=1 pytest tests/domain/dialplan/test_broken.py`, then read the difference.
"""

import os
from pathlib import Path

import pytest

from ivr.domain.dialplan.compile import compile_plan
from ivr.domain.dialplan.document import Source
from tests.domain.dialplan import town

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_plan_is_refused_and_every_problem_is_named_with_its_place(path: Path) -> None:
    plan, problems = compile_plan(Source("routes.yaml", path.read_bytes()), town.prompts())
    said = "".join(f"{problem}\n" for problem in problems)

    if os.environ.get("IVR_APPROVE"):
        path.with_suffix(".txt").write_text(said, encoding="utf-8")
    assert plan is None
    assert said == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_there_are_at_least_twenty_five_broken_plans() -> None:
    assert len(BROKEN) >= 25
