"""The labelled utterances of `tests/data` in their two halves, and the ears that are judged by them."""

from dataclasses import dataclass
from pathlib import Path

from ivr.cli.ears import Ears, ears
from ivr.domain.language import Language
from ivr.domain.speech.evaluation import Utterance, read_rows

ROOT = Path(__file__).parents[1]
LANGUAGES = (Language("da"), Language("en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """`tuning` may be looked at while grammars and constants are made; `kept` rows are for counting alone."""

    tuning: tuple[Utterance, ...]
    kept: tuple[Utterance, ...]

    @property
    def both(self) -> tuple[Utterance, ...]:
        return self.tuning + self.kept


def ears_of_the_town() -> Ears:
    """The example municipality's grammars, departments and employees."""
    return ears(ROOT / "demo" / "directory.csv")


def labelled(language: Language, heard: Ears) -> Halves:
    """The rows of a language: odd numbers are for tuning, even ones are kept."""
    file = ROOT / "tests" / "data" / f"utterances-{language}.tsv"
    rows = read_rows(file.name, file.read_bytes(), heard.topics(language))
    tuning = tuple(row for row in rows if int(row.id[2:]) % 2 == 1)
    return Halves(tuning=tuning, kept=tuple(row for row in rows if row not in tuning))
