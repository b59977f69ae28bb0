"""A town that hears Danish itself, its listener as a process, and callers who are asked the open question there."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import requests
from twilio.request_validator import RequestValidator

from bench.serving import Server, wait_for
from bench.webhook import ENVIRONMENT, ROOT, TOKEN
from ivr.adapters.files import hearings, plan_files
from ivr.assembly import assemble
from ivr.domain.flow.state import Place
from ivr.domain.flow.vocabulary import expected_at
from ivr.domain.language import Language
from ivr.operations import dialplan, notices
from ivr.operations.plans import compile_sources
from ivr.settings import Settings

# The kit of the tests asks for it when it is imported.
os.environ.setdefault("IVR_TRAINED", ENVIRONMENT["IVR_TRAINED"])

from tests.kit.media import MediaStream, signature
from tests.kit.voice import CALLERS, Sound, say, silence

DANISH = Language("da")
MODEL = ROOT / "tests" / "data" / "vosk-model-tiny-da"
SENTENCES = (
    "jeg skal have et nyt pas",
    "jeg vil gerne søge om byggetilladelse",
    "jeg skal flytte og skal have et nyt kørekort",
    "jeg har set en rotte",
)


def said(number: int, before: float = 2.0) -> Sound:
    """A caller who listens for `before` seconds, answers the open question and waits."""
    sentence = SENTENCES[number % len(SENTENCES)]
    return silence(before) + say(sentence, voice=CALLERS[number % len(CALLERS)]) + silence(1.5)


def expected() -> tuple[str, ...]:
    """What is listened for at the open question."""
    learn = partial(hearings.of_sources, Path(ENVIRONMENT["IVR_TRAINED"]))
    return expected_at(Place.QUESTION, compile_sources(_sources(), learn).plan.flow.vocabularies[DANISH], ())


class Calls:
    """New calls, each of which is asked the open question: the streams that its documents tell the carrier to begin."""

    def __init__(self, web: Server) -> None:
        self._url = f"http://127.0.0.1:{web.port}/voice/incoming"
        self._http = requests.Session()
        self._http.trust_env = False
        self._number = 0

    def streams(self, count: int) -> list[MediaStream]:
        return [self._stream() for _ in range(count)]

    def _stream(self) -> MediaStream:
        self._number += 1
        call = f"CA{self._number:032x}"
        form = {"CallSid": call, "AccountSid": ENVIRONMENT["TWILIO_ACCOUNT_SID"], "CallStatus": "ringing"}
        form |= {"From": f"+45{20000000 + self._number}", "To": "+4572001234", "Direction": "inbound", "ApiVersion": ""}
        headers = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(self._url, form)}
        answer = self._http.post(self._url, data=form, headers=headers, timeout=10)
        start = ET.fromstring(answer.text).find("Start")
        assert start is not None, answer.text
        noun = start[0]
        parameters = {each.get("name", ""): each.get("value", "") for each in noun}
        address = noun.get("url", "")
        signed = signature(address, TOKEN)
        return MediaStream(door=address, address=address, call_sid=call, parameters=parameters, signed=signed, pace=1.0)


def bare_streams(port: int, count: int) -> list[MediaStream]:
    """As many streams to a socket that asks for nothing."""
    address = f"ws://127.0.0.1:{port}/"
    call = "CA" + "0" * 32
    return [MediaStream(door=address, address=address, call_sid=call, parameters={}, pace=1.0) for _ in range(count)]


def town_of(folder: Path, url: str, port: int) -> dict[str, str]:
    """The environment of Lillebælt Kommune, open at any hour, whose listener is to be on `port`."""
    models, routes = folder / "models", folder / "routes.yaml"
    models.mkdir()
    (models / DANISH).symlink_to(MODEL)
    routes.write_text(_sources()["routes.yaml"], encoding="utf-8")
    environment = {
        **os.environ,
        **ENVIRONMENT,
        "IVR_DATABASE_URL": url,
        "IVR_VAR": str(folder),
        "IVR_ROUTES": str(routes),
        "IVR_VOSK_MODELS": str(models),
        "IVR_LISTEN_URL": f"ws://127.0.0.1:{port}/listen",
    }
    parts = assemble(Settings.from_environment(environment), url)
    parts.operations.run(dialplan.take_up, _sources())
    parts.operations.run(notices.set_open, "bench", "omstilling", True, "", None)
    parts.engine.dispose()
    return environment


def _sources() -> dict[str, str]:
    sources = plan_files.read_sources(ROOT / "routes.yaml", ROOT / "grammars")
    return sources | {"routes.yaml": _own_ear(sources["routes.yaml"])}


def _own_ear(routes: str) -> str:
    """The plan with Danish heard by ourselves."""
    return re.sub("recogniser: carrier", "recogniser: vosk", routes, count=1)


@contextmanager
def running(
    arguments: Sequence[str], environment: Mapping[str, str], port: int, told: str = ""
) -> Iterator[psutil.Process]:
    """`python -m ARGUMENTS` as a process, from when its port answers until the context ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], env=dict(environment), cwd=ROOT, stdin=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(told)
    process.stdin.close()
    try:
        wait_for(port, process)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)
