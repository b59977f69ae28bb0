"""Models by language: a missing or broken one is told in words, and words that a model does not know are left out."""

import shutil
from pathlib import Path

import pytest

from ivr.adapters.recognition.models import NoModel, missing, must_be_there
from ivr.adapters.recognition.stream import TELEPHONE_RATE, Ear
from ivr.adapters.recognition.vosk import Model, Models
from ivr.domain.language import Language
from tests.kit.town import ROOT
from tests.kit.voice import say, silence

TINY_MODEL = ROOT / "tests" / "data" / "vosk-model-tiny-da"
DA, EN = Language("da"), Language("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(TINY_MODEL, tmp_path / "da")
    return tmp_path


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(TINY_MODEL)


def heard(model: Model, phrases: tuple[str, ...], words: str) -> str:
    ear = Ear(model.recogniser(phrases, TELEPHONE_RATE))
    said = [ear.hear(frame) for frame in (silence(0.3) + say(words) + silence(1.2)).frames()]
    return " ".join(utterance.text for utterance in said if utterance is not None)


def test_a_model_is_read_once_for_all_streams(folder):
    models = Models(folder)

    assert models.of(DA) is models.of(DA)


def test_everything_that_is_missing_is_told_at_once(folder):
    (folder / "da" / "am" / "final.mdl").unlink()

    with pytest.raises(NoModel) as told:
        Models(folder).read([DA, EN])

    assert told.value.text == (
        f'The vosk model of "da": {folder}/da holds no am/final.mdl; is it the unpacked model itself?\n'
        f'The vosk model of "en": there is no folder {folder}/en.'
    )


def test_a_folder_that_nobody_has_named_is_told_by_the_variable_that_names_it():
    assert missing(None, [DA]) == ('"da" is to be heard by vosk, but IVR_VOSK_MODELS is not set.',)
    with pytest.raises(NoModel, match="IVR_VOSK_MODELS is not set"):
        must_be_there(None, [DA])


@pytest.mark.parametrize("graph", ["graph/HCLr.fst", "graph/Gr.fst"])
def test_a_broken_graph_is_found_before_the_first_call_falls_over_it(folder, graph):
    (folder / "da" / graph).write_bytes(b"")

    with pytest.raises(NoModel, match=f"{graph} is damaged"):
        Models(folder).of(DA)


def test_a_model_that_the_library_cannot_read_is_told_in_our_words(folder):
    acoustics = folder / "da" / "am" / "final.mdl"
    acoustics.write_bytes(acoustics.read_bytes()[:1000])

    with pytest.raises(NoModel, match="cannot be read: it is damaged, or not a model"):
        Models(folder).of(DA)


def test_danish_letters_are_among_the_words_that_are_heard(model):
    assert heard(model, ("kørekort", "pas"), "kørekort") == "kørekort"


def test_capitals_and_punctuation_of_a_phrase_do_not_matter(model):
    assert heard(model, ("Karen Kristensen", "Borgerservice"), "Karen Kristensen") == "karen kristensen"


def test_words_that_the_model_does_not_know_are_left_out_without_a_word(model, capfd):
    assert heard(model, ("zqxj kørekort", "flabberghast"), "kørekort") == "kørekort"

    told = capfd.readouterr()
    assert told.out + told.err == ""


def test_without_phrases_the_whole_language_is_heard(model):
    assert heard(model, (), "jeg skal have et nyt pas") == "jeg skal have et nyt pas"
