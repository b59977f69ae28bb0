"""`ivr call`: a telephone in the terminal, connected to the simulated carrier of `ivr demo`."""

import sys
import threading
from collections.abc import Iterator
from typing import Any

import click
import requests

from ivr.cli.endings import YOURS_TO_MEND

_POLL_SECONDS = 0.5
_SECONDS = 5
_KEYS = set("0123456789*#")
_MUSIC = "◀ ♪ music"
_MARKS = {"heard": "◀", "talk": "◀ person:", "pressed": "▶", "said": "▶"}


class CarrierGone(Exception):
    """The simulated carrier no longer answers, or no longer knows of the call."""


@click.command("call", epilog="Example: ivr call +4572001234 --from +4520304050")
@click.argument("number", default="+4572001234")
@click.option("--from", "caller", default="+4520304050", show_default=True, help="The telephone to call from.")
@click.option("--hidden", is_flag=True, help="Withhold the number.")
@click.option(
    "--carrier",
    default="http://127.0.0.1:8070",
    show_default=True,
    help="Where the simulated carrier serves its phones.",
)
def command(number: str, caller: str, hidden: bool, carrier: str) -> None:
    """Call NUMBER. Type keys (0-9 * #) to press them, words to say them, and `q` or end of input to hang up.

    What is said or pressed while nobody listens is lost, as on a real line, and marked so.
    """
    api = f"{carrier.rstrip('/')}/phone/api"
    try:
        line = _asked("POST", f"{api}/phones/{caller}/calls", {"to": number, "hidden": hidden})["sid"]
    except (requests.RequestException, KeyError) as error:
        click.echo(f"No simulated carrier answers at {carrier} ({type(error).__name__}).", err=True)
        click.echo("Start it with: make demo", err=True)
        sys.exit(YOURS_TO_MEND)
    call = Call(f"{api}/lines/{line}")
    listener = threading.Thread(target=call.listen, daemon=True)
    listener.start()
    call.speak()
    listener.join(timeout=_SECONDS)
    sys.exit(YOURS_TO_MEND if call.is_lost else 0)


class Call:
    """One call under way, heard by one thread and spoken into by another. `is_lost` when the carrier went away."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.is_lost = False

    def speak(self) -> None:
        """What is typed goes down the line, until somebody hangs up."""
        while not self._over.is_set():
            try:
                typed = input().strip()
            except (EOFError, KeyboardInterrupt):
                typed = "q"
            if self._over.is_set() or not typed:
                continue
            try:
                self._does(typed)
            except CarrierGone as gone:
                self._lose(gone)
            if typed == "q":
                return

    def listen(self) -> None:
        """What is heard is written, until the call is over."""
        seen, transcript = 0, Transcript()
        while not self._over.is_set():
            try:
                line = self._ask("GET", f"?since={seen}", None)
            except CarrierGone as gone:
                self._lose(gone)
                return
            for said in transcript.lines(line):
                click.echo(said)
            seen = line["next"]
            if not line["is_live"]:
                click.echo(f"· The call is over after {round(line['seconds'])} s. Press Enter to leave.")
                self._over.set()
            self._over.wait(_POLL_SECONDS)

    def _does(self, typed: str) -> None:
        if typed == "q":
            self._ask("POST", "/hang-up", {})
        elif set(typed) <= _KEYS:
            self._ask("POST", "/press", {"digits": typed})
        else:
            self._ask("POST", "/say", {"text": typed})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        try:
            return _asked(method, f"{self._address}{path}", body)
        except requests.HTTPError as error:
            raise CarrierGone(
                f"The simulated carrier no longer knows this call ({error.response.status_code})."
            ) from None
        except requests.RequestException:
            raise CarrierGone("The simulated carrier has gone.") from None

    def _lose(self, gone: CarrierGone) -> None:
        """Told once, whichever thread finds out first."""
        with self._lock:
            if not self._over.is_set():
                self.is_lost = True
                self._over.set()
                click.echo(f"{gone} Press Enter to leave.", err=True)


class Transcript:
    """What the receiver gives, as lines. A look may come late: what a person says tells that one is there."""

    def __init__(self) -> None:
        self._is_connected = self._is_held = False
        self._last = ""

    def lines(self, line: dict[str, Any]) -> Iterator[str]:
        """The lines for what is new in `line`."""
        for turn in line["turns"]:
            if turn["kind"] == "talk":
                yield from self._connected(True)
            said = _line_of(turn)
            if not said == self._last == _MUSIC:  # the waiting music is one piece after another
                yield said
            self._last = said
        if line["is_held"] and not self._is_held:
            yield "· On hold."
        self._is_held = line["is_held"]
        yield from self._connected(line["in_talk"])

    def _connected(self, is_connected: bool) -> Iterator[str]:
        if is_connected and not self._is_connected:
            yield "· Connected: a person is on the line."
        self._is_connected = is_connected


def _line_of(turn: dict[str, Any]) -> str:
    """What nobody listened for is marked; a recording is music and no address."""
    if turn["kind"] == "heard" and turn["text"].startswith("["):
        return _MUSIC
    lost = "" if turn["is_heeded"] else "   (not heard: nobody listens just now)"
    return f"{_MARKS.get(turn['kind'], '·')} {turn['text']}{lost}"


def _asked(method: str, address: str, body: dict[str, Any] | None) -> dict[str, Any]:
    answer = requests.request(method, address, json=body, timeout=_SECONDS)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found
