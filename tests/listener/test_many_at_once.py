"""Eight callers who speak at the same time, at the speed of life: each with their own answer."""

import threading

from tests.kit.voice import CALLERS, say, silence

MATTERS = {
    "jeg skal have et nyt pas": "pas",
    "kørekort": "kørekort",
    "jeg skal flytte": "flytning",
    "jeg vil gerne søge om byggetilladelse": "byg og plan",
}
CALLS = 8


def speak_at_once(house):
    """Eight calls, each asked and answered. Gives what each heard next, with a word that must be in it."""
    said = [list(MATTERS)[number % len(MATTERS)] for number in range(CALLS)]
    lines = [house.call(f"CA{number:032d}") for number in range(CALLS)]
    sounds = [silence(0.3) + say(words, voice=CALLERS[n % 3]) + silence(1.2) for n, words in enumerate(said)]
    streams = [line.stream(pace=1.0) for line in lines]
    callers = [
        threading.Thread(target=stream.says, args=(sound,)) for stream, sound in zip(streams, sounds, strict=True)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    for line in lines:
        line.has_answered()
    return [(line.moved().said.lower(), MATTERS[words]) for line, words in zip(lines, said, strict=True)]


def test_eight_callers_are_heard_at_once_each_with_their_own_answer(house):
    for heard, word in speak_at_once(house):
        assert word in heard


def test_a_caller_who_finds_no_recogniser_free_is_asked_for_keys_and_the_others_are_heard(house_for):
    house = house_for(most_streams=2)
    lines = [house.call(f"CA{number:032d}") for number in range(3)]
    streams = [line.stream() for line in lines[:2]]

    lines[-1].unbegun_stream().start()
    lines[-1].has_answered()
    streams[0].says(silence(0.3) + say("kørekort") + silence(1.2))
    lines[0].has_answered()

    assert "Jeg kan desværre ikke høre tale lige nu." in lines[-1].moved().said
    assert "kørekort" in lines[0].moved().said.lower()
    assert "no_input" not in house.town.facts()
