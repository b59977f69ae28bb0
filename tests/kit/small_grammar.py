"""A grammar of two languages and a few phrases, for tests of what is learnt: in a moment."""

from pathlib import Path

PASSPORTS = "pas:\n  - jeg skal have [et] nyt pas\n  - mit pas er (væk|stjålet)\n"
RATS = "rotter:\n  - der er rotter i haven\n  - jeg har set en rotte\n"
ENGLISH = "pas:\n  - i need a new passport\nrotter:\n  - there are rats in my garden\n"
SOURCES = {"da/borgerservice.yaml": PASSPORTS, "da/miljoe.yaml": RATS, "en/all.yaml": ENGLISH}


def written(folder: Path) -> Path:
    """The same as files, in `folder`."""
    for name, text in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
