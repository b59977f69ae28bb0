"""The maker of the tests' Danish model: everything but the training itself, which needs packages of its own."""

import json
import math
import random
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import vosk

from tests.kit.voice import say, silence
from tools.tiny_da_model import alignment, default_grammar, espeak, labels, phones, texts, utterances, word_graph
from tools.tiny_da_model.__main__ import main
from tools.tiny_da_model.alignment import PlacedPhone
from tools.tiny_da_model.folder import Model
from tools.tiny_da_model.fst import EPSILON
from tools.tiny_da_model.hmm import PhoneStatistics
from tools.tiny_da_model.kaldi import Layer
from tools.tiny_da_model.lexicon import Pronunciation
from tools.tiny_da_model.measure import word_errors
from tools.tiny_da_model.phones import NUMBERS, PHONES
from tools.tiny_da_model.sound import from_mulaw, in_band, loudness, resample, to_mulaw
from tools.tiny_da_model.spoken import spoken_text
from tools.tiny_da_model.texts import TextsInvalid
from tools.tiny_da_model.word_graph import UNKNOWN

COMMITTED = Model(Path(__file__).parents[1] / "data" / "vosk-model-tiny-da")
TOPICS = """
have:
  about: [min havelåge]
  sentences: [min havelåge er gået i stykker, "jeg er {first_name}"]
"""
SENTENCES = """
about_a_topic: ["jeg ringer om {topic}"]
anything_else: [ja tak, nej tak, "{digit}"]
slots:
  group: [borgerservice]
  first_name: [karen]
  digit: [en, to, tre]
"""


@pytest.fixture
def few_texts(tmp_path: Path) -> Path:
    return write_few_texts(tmp_path)


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return copied(tmp_path)


@pytest.fixture(scope="module")
def with_new_graph(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The committed model with a graph of the few texts."""
    folder = tmp_path_factory.mktemp("few")
    model = copied(folder)
    assert main(["graph", str(model.folder), "--texts", str(write_few_texts(folder))]) == 0
    return model


def write_few_texts(parent: Path) -> Path:
    """Texts of their own, with a word that the committed model does not know: havelåge."""
    folder = parent / "texts"
    folder.mkdir()
    (folder / "topics.yaml").write_text(TOPICS, encoding="utf-8")
    (folder / "sentences.yaml").write_text(SENTENCES, encoding="utf-8")
    (folder / "words.txt").write_text("# further words\nrådhuset svømmehal\n", encoding="utf-8")
    return folder


def copied(parent: Path) -> Model:
    return Model(Path(shutil.copytree(COMMITTED.folder, parent / "model")))


def heard(model: Model, sentence: str, grammar: list[str] | None = None) -> str:
    vosk.SetLogLevel(-1)
    loaded = vosk.Model(str(model.folder))
    given = [] if grammar is None else [json.dumps(grammar, ensure_ascii=False)]
    recogniser = vosk.KaldiRecognizer(loaded, 8000, *given)
    recogniser.AcceptWaveform((silence(0.3) + say(sentence) + silence(0.4)).pcm())
    text: str = json.loads(recogniser.FinalResult())["text"]
    return text


def contents(model: Model) -> dict[Path, bytes]:
    files = (path for path in model.folder.rglob("*") if path.is_file())
    return {path.relative_to(model.folder): path.read_bytes() for path in files}


# Adding words


def test_the_committed_model_knows_the_words_of_the_texts() -> None:
    assert COMMITTED.words() == {*texts.read().vocabulary, UNKNOWN}


def test_a_new_word_is_heard_after_a_new_graph_without_training(with_new_graph: Model) -> None:
    assert heard(with_new_graph, "min havelåge er gået i stykker") == "min havelåge er gået i stykker"
    assert heard(with_new_graph, "havelåge", grammar=["havelåge", "rådhuset", UNKNOWN]) == "havelåge"
    assert with_new_graph.acoustic.read_bytes() == COMMITTED.acoustic.read_bytes()


def test_new_words_are_told_and_the_same_texts_make_the_same_files(
    with_new_graph: Model, model: Model, few_texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", str(model.folder), "--texts", str(few_texts)]) == 0

    assert "\nnew: havelåge /h &" in capsys.readouterr().out
    assert contents(model) == contents(with_new_graph)


# The command line


def test_a_folder_without_a_trained_model_is_refused(
    tmp_path: Path, few_texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", str(tmp_path), "--texts", str(few_texts)]) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path}/am/final.mdl is missing: is this the folder of a model? The command train makes it.\n"
    )
    assert main(["measure", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path}/graph/words.txt is missing: is this the folder of a model? The command graph makes it.\n"
    )


def test_training_without_its_packages_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "tools.tiny_da_model.network", raising=False)

    assert main(["train", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "Training needs torch: pip install -r tools/tiny_da_model/requirements.txt\n"


def test_a_word_that_cannot_be_said_is_named_and_the_graph_stays(
    model: Model, few_texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (few_texts / "words.txt").write_text("rådhuset ---\n", encoding="utf-8")

    assert main(["graph", str(model.folder), "--texts", str(few_texts)]) == 1
    assert capsys.readouterr().err == (
        "The synthesiser cannot say by themselves: ---. Tell in texts/spoken.yaml how they are said, or leave them out.\n"
    )
    assert model.words() == COMMITTED.words()


def test_every_fault_of_the_texts_is_told_at_once(few_texts: Path) -> None:
    (few_texts / "words.txt").write_text("Rådhuset [unk]\n", encoding="utf-8")
    (few_texts / "sentences.yaml").write_text(SENTENCES.replace("{digit}", "{digits}"), encoding="utf-8")

    with pytest.raises(TextsInvalid) as refused:
        texts.read(few_texts)

    assert str(refused.value).splitlines() == [
        f'{few_texts}: "Rådhuset" has capitals: the recogniser knows small letters only.',
        f'{few_texts}: "[unk]" looks like one of the recogniser\'s own marks.',
        f'{few_texts}: "{{digits}}" has the slot "digits", which is not in `slots`. Nearest: "digit".',
    ]


def test_texts_of_another_form_and_missing_texts_are_refused(few_texts: Path) -> None:
    (few_texts / "topics.yaml").write_text("have: [havelåge]\n", encoding="utf-8")
    with pytest.raises(TextsInvalid, match=r"topics\.yaml and sentences\.yaml have not the form of those in texts/"):
        texts.read(few_texts)

    (few_texts / "topics.yaml").unlink()
    with pytest.raises(TextsInvalid, match=r"topics\.yaml is missing: a folder of texts looks like texts/"):
        texts.read(few_texts)


# Words and sentences


def test_sentences_are_made_of_the_vocabulary_alone_and_the_same_for_the_same_chance(few_texts: Path) -> None:
    known = texts.read(few_texts)
    chance, again = random.Random(7), random.Random(7)

    sentences = [known.sentence_or_jumble(chance, 0.3) for _ in range(300)]

    assert {word for sentence in sentences for word in sentence} == set(known.vocabulary)
    assert sentences == [known.sentence_or_jumble(again, 0.3) for _ in range(300)]


def test_abbreviations_are_spelt_out_and_punctuation_stays() -> None:
    assert spoken_text("Mit CPR-nummer, tak!") == "Mit se pe er nummer, tak!"
    assert spoken_text("e-boks og mit.dk.") == "e boks og mit punktum de kå."


@pytest.mark.parametrize(
    ("said", "was_heard", "errors"),
    [
        ("ja tak", "ja tak", 0),
        ("ja tak", "nej tak", 1),
        ("jeg skal have et pas", "jeg skal have pas", 1),
        ("ja", "ja ja tak", 2),
        ("ja tak", "", 2),
    ],
)
def test_word_errors_are_the_words_to_change_put_in_or_leave_out(said: str, was_heard: str, errors: int) -> None:
    assert word_errors(said.split(), was_heard.split()) == errors


# Sounds and where they are


def test_every_word_gets_its_own_sounds_even_where_two_are_read_as_one() -> None:
    aligned = alignment.say(["jeg", "skal", "have", "et", "pas"])

    assert aligned is not None
    said = [[PHONES[sound - 1] for sound in aligned.pronunciation(word)] for word in range(5)]
    assert [sounds[0] for sounds in said] == ["j", "s", "h", "e", "p"]
    assert all(first.end <= second.start for first, second in zip(aligned.phones, aligned.phones[1:], strict=False))


def test_the_voices_that_measure_are_never_trained_on() -> None:
    variants = {f"da+{variant}" for variant in espeak.voices()}

    assert set(utterances.HELD_OUT_VOICES) <= variants
    assert not set(utterances.HELD_OUT_VOICES) & set(utterances.training_voices())


def test_a_sound_has_a_frame_on_each_grid_however_short_it_is() -> None:
    p, s = NUMBERS["p"], NUMBERS["s"]
    placed = [PlacedPhone(0, p, 0.1, 0.11), PlacedPhone(0, s, 0.11, 0.2)]

    frames = labels.frame_labels(placed, 30)

    for phase in range(3):
        grid = frames[phase::3].tolist()
        assert grid.count(labels.first_frame(p)) == 1
        assert grid.count(labels.first_frame(s)) == 1
        assert grid[0] == labels.first_frame(phones.SILENCE)
        assert grid[-1] == labels.later_frames(phones.SILENCE)
        assert grid.index(labels.first_frame(p)) < grid.index(labels.first_frame(s))


def test_every_sound_has_four_numbers_in_the_files_and_silence_one() -> None:
    numbers = [phones.in_files(phone, place) for phone in NUMBERS.values() for place in phones.Place]

    assert [phones.in_files(phones.SILENCE), *numbers] == list(range(1, phones.count_in_files() + 1))


# The telephone's sound


def test_mulaw_is_that_of_g711() -> None:
    every = bytes(range(256))

    # ITU-T G.711, table 2: the loudest, the quietest and the zeros, in 16-bit steps
    assert from_mulaw(b"\x00\x80\x7f\xff\x7e\xfe").tolist() == [-32124, 32124, 0, 0, -8, 8]
    assert to_mulaw(from_mulaw(every)) == every.replace(b"\x7f", b"\xff")  # there is one zero to come from


def test_resampling_keeps_a_tone_and_the_band_takes_away_what_is_outside() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050)
    brought_down = resample(tone, 22050)

    assert len(brought_down) == 8000
    assert np.argmax(np.abs(np.fft.rfft(brought_down))) == 1000
    assert loudness(in_band(brought_down)) == pytest.approx(loudness(brought_down), rel=0.02)
    rumble = np.sin(2 * np.pi * 60 * np.arange(8000) / 8000)
    assert loudness(in_band(rumble)) < 0.01 * loudness(rumble)


# The files of the model


@pytest.fixture
def statistics() -> PhoneStatistics:
    return PhoneStatistics.counted(np.full(labels.OUTPUTS, 100))


def test_a_path_through_the_graph_of_words_says_one_word_and_its_sounds(statistics: PhoneStatistics) -> None:
    ja, jo = (NUMBERS["j"], NUMBERS["A"]), (NUMBERS["j"], NUMBERS["o"])
    built = word_graph.build({"ja": [Pronunciation(ja, 1.0)], "jo": [Pronunciation(jo, 1.0)]}, statistics)

    graph, numbers = built.graph, {word: number for number, word in enumerate(built.words, start=1)}
    assert set(numbers) == {"ja", "jo", UNKNOWN}
    assert built.reachable[graph.start] == set(range(1, built.end_label + 1))
    after_j = [state for state, labels_ in enumerate(built.reachable) if labels_ == {numbers["ja"], numbers["jo"]}]
    assert len(after_j) == 1  # one tree: both words share their first sound
    writing = [arc.output for leaving in graph.arcs for arc in leaving if arc.output != EPSILON]
    assert sorted(set(writing)) == sorted(numbers.values())
    assert all(arc.to == graph.start for leaving in graph.arcs for arc in leaving if arc.output != EPSILON)


def test_the_default_grammar_expects_something_with_certainty_after_every_word() -> None:
    words = ["ja", "nej", "tak", UNKNOWN]
    graph = default_grammar.build(words, [["ja", "tak"], ["nej", "tak"], ["ja"]])

    anywhere = {arc.input: math.exp(-arc.cost) for arc in graph.arcs[0]} | {0: math.exp(-graph.finals[0])}
    assert sum(anywhere.values()) == pytest.approx(1, abs=0.05)
    for state, arcs in enumerate(graph.arcs[1:], start=1):
        seen = {arc.input: math.exp(-arc.cost) for arc in arcs if arc.input != EPSILON}
        if state in graph.finals:
            seen[0] = math.exp(-graph.finals[state])
        back_off = next(math.exp(-arc.cost) for arc in arcs if arc.input == EPSILON)
        unseen = sum(chance for word, chance in anywhere.items() if word not in seen)
        assert sum(seen.values()) + back_off * unseen == pytest.approx(1, abs=0.05)


def test_vosk_runs_a_network_of_ours(tmp_path: Path, few_texts: Path) -> None:
    chance = np.random.default_rng(1)

    def layer(kernel: int, stride: int, inputs: int, outputs: int) -> Layer:
        weights = chance.standard_normal((outputs, kernel * inputs)).astype(np.float32) / 20
        return Layer(kernel=kernel, stride=stride, weights=weights, bias=np.zeros(outputs, np.float32))

    model = Model(tmp_path / "untrained")
    layers = [layer(5, 1, 40, 16), layer(3, 3, 16, 16), layer(1, 1, 16, labels.OUTPUTS)]
    model.write_acoustic_model(layers, np.full(labels.OUTPUTS, 100))
    model.write_graph(texts.read(few_texts), lambda _: None)

    assert set(heard(model, "ja tak").split()) <= model.words()
