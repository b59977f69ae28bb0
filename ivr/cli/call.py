"""`ivr call`: a telephone in the terminal, connected to the simulated carrier of `ivr demo`."""

import threading
from typing import Any

import click
import requests

_POLL_SECONDS = 0.5
_SECONDS = 5
OUR_FAULT, YOURS_TO_MEND = 3, 1
_MARKS = {"heard": "◀", "pressed": "▶", "said": "▶"}


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
@click.pass_context
def command(context: click.Context, number: str, caller: str, hidden: bool, carrier: str) -> None:
    """Call NUMBER. Type keys (0-9 * #) to press them, words to say them, and `q` or end of input to hang up."""
    api = f"{carrier.rstrip('/')}/phone/api"
    try:
        line = _asked("POST", f"{api}/phones/{caller}/calls", {"to": number, "hidden": hidden})
    except requests.RequestException as error:
        click.echo(f"No simulated carrier answers at {carrier} ({type(error).__name__}).", err=True)
        click.echo("Start it with: make demo", err=True)
        context.exit(YOURS_TO_MEND)
    over = threading.Event()
    listener = threading.Thread(target=_listen, args=(f"{api}/lines/{line['sid']}", over), daemon=True)
    listener.start()
    _speak(f"{api}/lines/{line['sid']}", over)
    listener.join(timeout=_SECONDS)


def _speak(address: str, over: threading.Event) -> None:
    while not over.is_set():
        try:
            typed = input().strip()
        except (EOFError, KeyboardInterrupt):
            typed = "q"
        if over.is_set() or not typed:
            continue
        if typed == "q":
            _asked("POST", f"{address}/hang-up", {})
            return
        if set(typed) <= set("0123456789*#"):
            _asked("POST", f"{address}/press", {"digits": typed})
        else:
            _asked("POST", f"{address}/say", {"text": typed})


def _listen(address: str, over: threading.Event) -> None:
    seen = 0
    while not over.is_set():
        try:
            line = _asked("GET", f"{address}?since={seen}", None)
        except requests.RequestException:
            click.echo("The simulated carrier has gone.", err=True)
            over.set()
            return
        for turn in line["turns"]:
            click.echo(f"{_MARKS.get(turn['kind'], '·')} {turn['text']}")
        seen = line["next"]
        if not line["is_live"]:
            click.echo(f"· The call is over after {round(line['seconds'])} s. Press Enter to leave.")
            over.set()
        over.wait(_POLL_SECONDS)


def _asked(method: str, address: str, body: dict[str, Any] | None) -> dict[str, Any]:
    answer = requests.request(method, address, json=body, timeout=_SECONDS)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found
