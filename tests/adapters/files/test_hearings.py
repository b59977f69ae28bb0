"""What was learnt from grammars is kept under the grammar's name: learnt once, never out of date, and never needed."""

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.adapters.files.hearings import are_known, of_sources
from ivr.domain.language import Language
from ivr.domain.speech.grammar import BadGrammar
from tests.kit.small_grammar import ENGLISH, RATS, SOURCES
from tests.kit.town import ROOT

DA, EN = Language("da"), Language("en")


def identities(folder: Path) -> dict[str, tuple[int, int]]:
    """The kept files; one that was written again has another identity."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.glob("*.ear")}


def test_what_is_kept_is_loaded_as_it_was_learnt(tmp_path: Path) -> None:
    learnt = of_sources(tmp_path, SOURCES)
    kept = identities(tmp_path)
    loaded = of_sources(tmp_path, SOURCES)

    assert loaded.keys() == learnt.keys() == {DA, EN}
    for language, hearing in learnt.items():
        assert loaded[language].grammar == hearing.grammar
        assert loaded[language].dumped() == hearing.dumped()
    assert identities(tmp_path) == kept


def test_it_is_known_only_when_every_language_is(tmp_path: Path) -> None:
    before = are_known(tmp_path, SOURCES)
    of_sources(tmp_path, {name: text for name, text in SOURCES.items() if name.startswith("da/")})
    half = are_known(tmp_path, SOURCES)
    of_sources(tmp_path, SOURCES)

    assert (before, half, are_known(tmp_path, SOURCES)) == (False, False, True)


def test_the_folder_above_the_language_does_not_matter_nor_does_the_order(tmp_path: Path) -> None:
    of_sources(tmp_path, SOURCES)

    assert are_known(tmp_path, {f"grammars/{name}": SOURCES[name] for name in reversed(SOURCES)})


def test_a_language_that_has_not_changed_is_not_learnt_again(tmp_path: Path) -> None:
    of_sources(tmp_path, SOURCES)
    before = identities(tmp_path)

    of_sources(tmp_path, SOURCES | {"da/miljoe.yaml": RATS + "  - der løber en rotte\n"})

    after = identities(tmp_path)
    assert before.items() <= after.items()
    assert [name[:3] for name in after.keys() - before.keys()] == ["da-"]


@pytest.mark.parametrize(
    "spoil", [lambda kept: b"", lambda kept: kept[: len(kept) // 2], lambda kept: kept[:-1] + b"?"]
)
def test_a_spoilt_file_is_learnt_anew(tmp_path: Path, spoil) -> None:
    learnt = of_sources(tmp_path, SOURCES)
    (file,) = tmp_path.glob("da-*.ear")
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))

    again = of_sources(tmp_path, SOURCES)

    assert again[DA].dumped() == learnt[DA].dumped()
    assert file.read_bytes() == whole


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    learnt = of_sources(tmp_path, {"da/miljoe.yaml": RATS})[DA].dumped()
    (file,) = tmp_path.glob("da-*.ear")
    whole = file.read_bytes()

    for place in range(0, len(whole), len(whole) // 40):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        assert of_sources(tmp_path, {"da/miljoe.yaml": RATS})[DA].dumped() == learnt
        assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_everything_is_heard_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of a folder")

    learnt = of_sources(tmp_path / "file" / "trained", SOURCES)

    assert learnt.keys() == {DA, EN}
    assert not are_known(tmp_path / "file" / "trained", SOURCES)


def test_what_is_old_goes_and_every_language_keeps_its_own(tmp_path: Path) -> None:
    of_sources(tmp_path, {"en/all.yaml": ENGLISH})
    (english,) = tmp_path.glob("en-*.ear")
    ages: dict[Path, int] = {}
    for age in range(5, 0, -1):
        of_sources(tmp_path, {"da/miljoe.yaml": f"{RATS}  - rotte nummer {age}\n"})
        (new,) = set(tmp_path.glob("da-*.ear")) - ages.keys()
        ages[new] = age
        os.utime(new, (1_000_000 - age, 1_000_000 - age))

    assert sorted(ages[path] for path in tmp_path.glob("da-*.ear")) == [1, 2, 3]
    assert english.exists()
    assert list(tmp_path.glob("*.new")) == []


def test_a_bad_grammar_comes_through_with_its_places(tmp_path: Path) -> None:
    with pytest.raises(BadGrammar) as refused:
        of_sources(tmp_path, SOURCES | {"da/byg.yaml": "carport:\n  - '(skur'\n"})

    assert [(problem.name, problem.line) for problem in refused.value.problems] == [("da/byg.yaml", 2)]
    assert list(tmp_path.glob("*.ear")) == []


def test_the_collector_of_garbage_does_not_walk_what_was_learnt(tmp_path: Path) -> None:
    learnt = of_sources(tmp_path, SOURCES)

    walked = {id(thing) for thing in gc.get_objects()}

    assert not [phrase for phrase in learnt[DA].grammar.phrases if id(phrase) in walked]


HEARER = """
import sys
from pathlib import Path
from ivr.adapters.files.hearings import of_sources
from ivr.domain.speech.match import Matcher
from tests.kit.small_grammar import SOURCES
Matcher(of_sources(Path(sys.argv[1]), SOURCES)).hear("en rotte", "da")
print(*(library for library in ("sklearn", "scipy") if library in sys.modules))
"""


def test_who_hears_by_what_was_kept_does_not_load_what_learns(tmp_path: Path) -> None:
    of_sources(tmp_path, SOURCES)

    told = subprocess.run(
        [sys.executable, "-c", HEARER, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == []


LEARNER = """
import json, sys
from pathlib import Path
from ivr.adapters.files.hearings import of_sources
from tests.adapters.files.test_hearings import identities
from tests.kit.small_grammar import SOURCES
print("ready", flush=True)
sys.stdin.readline()
of_sources(Path(sys.argv[1]), SOURCES)
print(json.dumps(identities(Path(sys.argv[1]))), flush=True)
"""


def test_processes_that_start_together_learn_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LEARNER, str(tmp_path)]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    # Whoever learnt a second time would have written the files anew.
    seen = [json.loads(process.communicate(timeout=60)[0]) for process in started]

    assert seen[0] == seen[1] == {name: list(identity) for name, identity in identities(tmp_path).items()}
