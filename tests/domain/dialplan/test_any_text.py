"""Whatever an editor leaves in the file, the answer is a plan or a list of problems, never a crash."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.dialplan.compile import compile_plan
from ivr.domain.dialplan.draw import mermaid
from ivr.domain.dialplan.picture import svg
from ivr.domain.dialplan.problem import Severity
from tests.domain.dialplan import town

LINES = town.ROUTES.splitlines()
SCRAPS = st.sampled_from(
    [
        "",
        " ",
        "null",
        "[]",
        "{}",
        "- ",
        ": ",
        "'",
        '"',
        "*",
        "&a ",
        "!!int ",
        "\t",
        "\x00",
        "?",
        "9",
        "nan",
        "|",
        "æ",
        "<<: ",
    ]
    + ["{da: A}", "[a, [b]]", "2026-02-30", "main", "pas", "\ufeff", "---", "999999999999999999999"]
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The town's plan after a few slips: lines lost, doubled or moved, scraps typed in or over."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["lose", "double", "move", "insert", "replace"])):
            case "lose" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "insert":
                column = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:column] + draw(SCRAPS) + lines[at][column:]
            case _:
                key, colon, _value = lines[at].partition(":")
                lines[at] = f"{key}{colon} {draw(SCRAPS)}"
    return "\n".join(lines)


@settings(max_examples=250, deadline=None)
@given(text=damaged())
def test_a_damaged_plan_gives_problems_with_places_or_a_plan_that_can_be_drawn(text: str) -> None:
    plan, problems = compile_plan(town.routes(text), town.prompts())

    assert (plan is None) == any(problem.severity is Severity.ERROR for problem in problems)
    for problem in problems:
        assert 1 <= problem.line <= text.count("\n") + 2 and problem.column >= 1
    if plan is not None:
        assert svg(plan) and mermaid(plan)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=60) | st.text(max_size=60))
def test_any_bytes_at_all_are_answered(data: bytes | str) -> None:
    plan, problems = compile_plan(town.routes(data), town.prompts())

    assert plan is None
    assert problems
