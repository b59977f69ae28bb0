"""CSV files that people write: UTF-8 with or without a byte order mark, commas, quotation marks as in RFC 4180.

Every cell knows its place, so that whoever judges a value can point at it; `csv` of the standard library does not tell.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivr.domain.dialplan.problem import Mark, Report, nearest

# A quoted cell counts only if a comma, the end of its line or of the file follows; else its quotation marks are text.
_CELL = re.compile(r'[ \t]*"((?:[^"]|"")*)"[ \t]*(?=[,\n]|\Z)|([^,\n]*)')


@dataclass(frozen=True, slots=True)
class Cell:
    """A value without the blanks around it, and where it begins."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the names of its columns. `mark` is where it begins."""

    mark: Mark
    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        return self.cells[column]


def read(path: Path, columns: tuple[str, ...], report: Report) -> list[Row]:
    """The rows of the file, its columns in any order. What is wrong with it as a file goes into the report."""
    start = Mark(str(path), 1, 1)
    try:
        data = path.read_bytes()
    except OSError as error:
        report.error(start, f"cannot be read: {error.strerror or type(error).__name__}.")
        return []
    text = _decoded(data, str(path), report)
    if text is None:
        return []
    records = [record for record in _records(text, str(path), report) if any(cell.text for cell in record)]
    if not records:
        report.error(start, "the file is empty.", f"Its first line must be: {','.join(columns)}")
        return []
    names = _header(records[0], columns, report)
    return [] if names is None else [row for record in records[1:] if (row := _row(record, names, report)) is not None]


def _decoded(data: bytes, file: str, report: Report) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        mark = Mark(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        report.error(mark, "is not written in UTF-8.", 'In Excel choose "CSV UTF-8" when saving.')
        return None
    # A Mac writes æøå in parts; compared and searched they must be the same letters as everywhere else.
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(slots=True)
class _Lines:
    """Offsets in a text to lines and columns."""

    file: str
    text: str
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = [0, *(match.end() for match in re.finditer("\n", self.text))]

    def mark(self, offset: int) -> Mark:
        line = bisect_right(self.starts, offset)
        return Mark(self.file, line, offset - self.starts[line - 1] + 1)


def _records(text: str, file: str, report: Report) -> Iterator[list[Cell]]:
    lines, record, offset = _Lines(file, text), list[Cell](), 0
    while offset < len(text) or record:
        match = _CELL.match(text, offset)
        assert match is not None
        quoted = match[1] is not None
        raw = match[1].replace('""', '"') if quoted else match[2]
        mark = lines.mark(offset + len(match[0]) - len(match[0].lstrip(" \t")))
        if not quoted and raw.lstrip().startswith('"'):
            hint = 'Inside quotation marks write each quotation mark twice: "".'
            report.error(
                mark, "begins with a quotation mark that is not closed before a comma or the line's end.", hint
            )
        record.append(Cell(raw.strip(), mark))
        offset = match.end()
        if text[offset : offset + 1] != ",":
            yield record
            record = []
        offset += 1


def _header(header: list[Cell], columns: tuple[str, ...], report: Report) -> list[str] | None:
    first = header[0]
    if len(header) == 1 and ";" in first.text:
        hint = "Separate them by commas; several groups or skills in one cell keep their semicolons."
        report.error(first.mark, "the columns are separated by semicolons.", hint)
        return None
    names = [cell.text.lower() for cell in header]
    complete = True
    for index, (name, cell) in enumerate(zip(names, header, strict=True)):
        if name not in columns:
            report.error(cell.mark, f'"{cell.text}" is not a column of this file.', nearest(name, columns))
            complete = False
        elif name in names[:index]:
            report.error(cell.mark, f'the column "{name}" is there twice.')
            complete = False
    missing = [name for name in columns if name not in names]
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing)
        report.error(first.mark, f"missing: {listed}.", f"The first line must name: {','.join(columns)}")
    return names if complete and not missing else None


def _row(record: list[Cell], names: list[str], report: Report) -> Row | None:
    mark = record[0].mark
    if len(record) != len(names):
        hint = "A value with a comma in it stands in quotation marks."
        report.error(mark, f"the row has {len(record)} values, the first line names {len(names)} columns.", hint)
        return None
    return Row(mark, dict(zip(names, record, strict=True)))
