"""`graph/HCLr.fst`: from transitions of sounds to words, as one tree of all pronunciations.

A grammar is joined with it only when the recogniser runs, so each call can bring its own.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field

from tools.tiny_da_model import hmm, phones
from tools.tiny_da_model.fst import EPSILON, Graph
from tools.tiny_da_model.hmm import PhoneStatistics
from tools.tiny_da_model.lexicon import Lexicon
from tools.tiny_da_model.phones import PHONES, SILENCE, Place

UNKNOWN = "[unk]"
_CHANCE_OF_A_PAUSE = 0.2  # after a word
_COST_OF_AN_UNKNOWN_SOUND = -0.8  # added to each sound of [unk]
_WEIGHT_OF_PRONUNCIATIONS = 0.5


@dataclass(frozen=True, slots=True)
class WordGraph:
    """`words` are numbered from 1; `reachable` and `end_label` are those of `fst.write_lookahead`."""

    graph: Graph
    words: list[str]
    reachable: list[set[int]]
    end_label: int


@dataclass(slots=True)
class _Tree:
    """Sounds (their numbers in the files) by the states they lead to, and the words that end in a state."""

    branches: defaultdict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    ends: defaultdict[int, list[tuple[str, float]]] = field(default_factory=lambda: defaultdict(list))

    def states(self, root: int) -> list[int]:
        """The states below `root`, every one before those below it."""
        ordered, waiting = [], [root]
        while waiting:
            state = waiting.pop()
            ordered.append(state)
            waiting += [to for _, to in sorted(self.branches[state].items(), reverse=True)]
        return ordered


class _Builder:
    """A graph of sounds in the making."""

    def __init__(self, statistics: PhoneStatistics) -> None:
        self._statistics = statistics
        self.graph = Graph()

    def link(self, source: int, to: int, *, word: int = EPSILON, cost: float = 0.0) -> None:
        """From one state to another without a sound."""
        self.graph.add_arc(source, input=EPSILON, output=word, cost=cost, to=to)

    def sound(self, source: int, phone: int, place: Place = Place.BEGIN, *, cost: float = 0.0) -> int:
        """A new state, entered from `source` by a sound, which can last."""
        number = phones.in_files(phone, place)
        state = self.graph.add_state()
        staying, entering = self._statistics.cost_of_staying(phone), self._statistics.cost_of_entering(phone)
        loop, on = hmm.transition_loop(number), hmm.transition_on(number)
        self.graph.add_arc(state, input=loop, output=EPSILON, cost=staying, to=state)
        self.graph.add_arc(source, input=on, output=EPSILON, cost=entering + cost, to=state)
        return state


def build(lexicon: Lexicon, statistics: PhoneStatistics) -> WordGraph:
    """The graph of a lexicon and of `[unk]`, which is any two or more sounds."""
    builder = _Builder(statistics)
    graph = builder.graph
    after_a_word, between_words = graph.add_state(), graph.add_state()
    graph.start, graph.finals = after_a_word, {between_words: 0.0}
    builder.link(after_a_word, between_words, cost=-math.log(1 - _CHANCE_OF_A_PAUSE))
    pause = builder.sound(after_a_word, SILENCE, cost=-math.log(_CHANCE_OF_A_PAUSE))
    builder.link(pause, between_words)

    tree = _add_tree(builder, between_words, lexicon)
    words = _numbered(tree, between_words)
    reachable = _add_words(builder, tree, words, between_words, after_a_word)
    _add_unknown(builder, statistics, words[UNKNOWN], between_words, after_a_word)

    end_label = len(words) + 1
    reachable += [{words[UNKNOWN]}] * (len(graph.arcs) - len(reachable))
    for state in (after_a_word, between_words, pause):
        reachable[state] = set(range(1, end_label + 1))
    return WordGraph(graph, sorted(words, key=words.__getitem__), reachable, end_label)


def _add_tree(builder: _Builder, root: int, lexicon: Lexicon) -> _Tree:
    tree = _Tree()
    for word in sorted(lexicon):
        for pronunciation in lexicon[word]:
            state = root
            places = phones.places(len(pronunciation.sounds))
            for phone, place in zip(pronunciation.sounds, places, strict=True):
                number = phones.in_files(phone, place)
                if number not in tree.branches[state]:
                    tree.branches[state][number] = builder.sound(state, phone, place)
                state = tree.branches[state][number]
            tree.ends[state].append((word, -math.log(pronunciation.share) * _WEIGHT_OF_PRONUNCIATIONS))
    return tree


def _numbered(tree: _Tree, root: int) -> dict[str, int]:
    """A number for each word, and the last for `[unk]`.

    In the order of the tree, so that the words below a state are nearly one interval: the look-ahead keeps intervals.
    """
    numbers: dict[str, int] = {}
    for state in tree.states(root):
        for word, _ in tree.ends[state]:
            numbers.setdefault(word, len(numbers) + 1)
    numbers[UNKNOWN] = len(numbers) + 1
    return numbers


def _add_words(builder: _Builder, tree: _Tree, words: dict[str, int], root: int, after_a_word: int) -> list[set[int]]:
    """Arcs that write the words; the words that each state of the graph can come to."""
    reachable: list[set[int]] = [set() for _ in builder.graph.arcs]
    for state, ending in list(tree.ends.items()):
        for word, cost in ending:
            builder.link(state, after_a_word, word=words[word], cost=cost)
            reachable[state].add(words[word])
    for state in reversed(tree.states(root)):
        for below in tree.branches[state].values():
            reachable[state] |= reachable[below]
    return reachable


def _add_unknown(builder: _Builder, statistics: PhoneStatistics, unknown: int, root: int, after_a_word: int) -> None:
    inside = builder.graph.add_state()
    for phone in range(1, len(PHONES) + 1):
        cost = _COST_OF_AN_UNKNOWN_SOUND - statistics.phone_logp[phone]
        builder.link(builder.sound(root, phone, Place.BEGIN, cost=cost), inside)
        builder.link(builder.sound(inside, phone, Place.INTERNAL, cost=cost), inside)
        last = builder.sound(inside, phone, Place.END, cost=cost)
        builder.link(last, after_a_word, word=unknown)
