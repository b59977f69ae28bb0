"""The sentences every installation speaks."""

import ast
import re
from pathlib import Path

import pytest

from ivr.domain.deflection.texts import is_gsm7, segments, to_gsm7
from ivr.domain.dialplan.words import placeholders
from tests.domain.flow.town import DA, EN, words

PROMPTS = words()
PACKAGE = Path(__file__).parents[3] / "ivr"
# Keys that are put together: by presence, by day and month, by how often, and by whether speech is on.
FAMILIES = re.compile(
    r"presence_(meeting|out|holiday|ill)(_until)?|weekday_[0-6]|month_\d+"
    r"|(not_understood|silence|no_such_key|not_a_mobile)_(first|second)"
    r"|(what_is_it_about|is_it_about|which_of_two|whom_do_you_want)_by_key"
)
TO_STAFF = ("whisper", "whisper_urgent", "whisper_no_topic", "whisper_person")


def constants() -> set[str]:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        if "simulator" not in path.parts:
            tree = ast.parse(path.read_text("utf-8"))
            found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


def spoken_in_code() -> set[str]:
    """The keys given straight to the methods that speak."""
    found = set()
    for path in (PACKAGE / "domain" / "flow").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                "saying",
                "words",
                "_spoken_or_by_key",
            ):
                found |= {c.value for arg in node.args for c in ast.walk(arg) if isinstance(c, ast.Constant)}
    return {key for key in found if isinstance(key, str) and re.fullmatch(r"[a-z][a-z_0-9]+[a-z0-9]", key)}


def test_both_languages_have_the_same_prompts_with_the_same_gaps():
    for key, prompt in PROMPTS.items():
        assert placeholders(prompt[DA]) == placeholders(prompt[EN]), key


def test_no_prompt_is_unused():
    used = constants()

    assert [key for key in PROMPTS if key not in used and not FAMILIES.fullmatch(key)] == []


def test_no_prompt_is_missing():
    assert spoken_in_code() - set(PROMPTS) == set()
    assert len(spoken_in_code()) > 50


@pytest.mark.parametrize("language", [DA, EN])
def test_nobody_is_ever_told_that_something_was_invalid(language):
    text = " ".join(prompt[language].lower() for prompt in PROMPTS.values())

    assert not re.search(r"ugyldig|forkert|fejl\b|invalid|wrong key|error", text)


@pytest.mark.parametrize("key", TO_STAFF)
def test_a_whisper_says_nothing_of_the_citizen(key):
    for text in PROMPTS[key].values():
        assert placeholders(text) <= {"topic", "group"}


@pytest.mark.parametrize("language", [DA, EN])
def test_a_link_fits_one_cheap_text_message(language):
    text = PROMPTS["sms_link"][language].format(municipality="Ringkøbing-Skjern Kommune", url="https://" + "x" * 52)

    assert is_gsm7(text)
    assert to_gsm7(text) == text
    assert segments(text).segments == 1


@pytest.mark.parametrize("language", [DA, EN])
def test_a_prompt_is_short_enough_to_be_kept_in_mind(language):
    too_long = {key: len(text[language]) for key, text in PROMPTS.items() if len(text[language]) > 170}

    assert too_long == {}


def test_a_prompt_is_plain_text_for_a_voice():
    for prompt in PROMPTS.values():
        for text in prompt.values():
            assert not re.search(r"[<>&*#/\[\]()]|\s\s", text)
