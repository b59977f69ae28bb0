"""Plays every transcript of `tests/transcripts`, and refuses those that cannot be right."""

from pathlib import Path

import pytest

from tests.kit.town import open_town
from tests.kit.transcript import BadTranscript, Transcript, read, read_all
from tests.transcripts.stage import Stage

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = read_all(FOLDER)


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda transcript: transcript.name)
def test_a_call_goes_as_it_is_written(transcript: Transcript, engine, database_url: str, tmp_path: Path):
    with open_town(database_url, tmp_path, now=transcript.moment) as town:
        Stage(town, transcript).play()


def test_every_problem_of_a_transcript_is_told_with_file_and_line():
    text = """\
story: Wrong in several places.
given: {numbr: main, at: yesterday}
dialogue:
  - heers: Velkommen
  - agent: {name: omar, dos: takes the call}
  - hears: Velkommen
    presses: 1
ends: {outcom: link_sent}
"""

    with pytest.raises(BadTranscript) as refused:
        read(text, Path("wrong.yaml"))

    assert str(refused.value) == "\n".join(
        [
            "wrong.yaml:2  given has no 'numbr'. Nearest: 'number'.",
            "wrong.yaml:2  'yesterday' is not a moment such as '2026-11-23 10:00'",
            "wrong.yaml:4  step has no 'heers'. Nearest: 'hears'.",
            "wrong.yaml:5  agent has no 'dos'. Nearest: 'does'.",
            "wrong.yaml:6  a step is one thing; put each on a line of its own",
            "wrong.yaml:8  ends has no 'outcom'. Nearest: 'outcome'.",
        ]
    )


def test_each_way_of_a_transcript_is_played_by_itself_before_the_dialogue():
    text = """\
story: Two ways to one end.
given: {number: main}
ways:
  by key: [{presses: 1}]
  by speech: [{says: pas}]
dialogue:
  - hangs_up
ends: {outcome: abandoned_in_menu}
"""

    found = read(text, Path("ways.yaml"))

    assert [(t.name, [(step.what, step.value) for step in t.dialogue]) for t in found] == [
        ("ways: by key", [("presses", "1"), ("hangs_up", "")]),
        ("ways: by speech", [("says", "pas"), ("hangs_up", "")]),
    ]
