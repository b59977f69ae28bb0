"""Who hears callers in the demo: ourselves in every language that this machine has a model of, the carrier in the others."""

from pathlib import Path

from ivr.adapters.recognition.models import missing
from ivr.domain.dialplan.document import Source
from ivr.domain.dialplan.recognisers import recognisers
from ivr.domain.flow.graph import Recogniser


def heard_here(routes: Path, models: Path | None, folder: Path) -> Path:
    """The plan as this machine can hear it: the file itself where it says so already, else a copy in `folder`."""
    try:
        text = routes.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        # What is wrong with it the engine tells, as it does of any plan.
        return routes
    lines = text.splitlines(keepends=True)
    for language, chosen in recognisers(Source(str(routes), text)).items():
        possible = Recogniser.CARRIER if missing(models, [language]) else Recogniser.VOSK
        line, column = chosen.mark.line - 1, chosen.mark.column - 1
        before, after = lines[line][:column], lines[line][column:]
        lines[line] = before + after.replace(chosen.text or "", possible, 1)
    heard = "".join(lines)
    if heard == text:
        return routes
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "routes.yaml"
    copy.write_text(heard, encoding="utf-8")
    return copy
