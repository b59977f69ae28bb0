import io
import json
import logging

import pytest
import structlog

from ivr import telemetry


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("call from +4520304051 ended", "call from […51] ended"),
        ("20 30 40 51", "[…51]"),
        ("20304051", "[…51]"),
        ("0045 2030 4051", "[…51]"),
        ("/api?From=%2B4520304051&x=1", "/api?From=[…51]&x=1"),
        ("+298 12 34 56 78", "[…78]"),
        ("cpr 010190-1234.", "cpr [cpr]."),
        ("311299 4321", "[cpr]"),
        ("3112994321", "[cpr]"),
        ("0190a1b2-1234-7000-8000-123456789012", "0190a1b2-1234-7000-8000-123456789012"),
        ("2026-11-23T10:14:03.123456", "2026-11-23T10:14:03.123456"),
        ("on 2026-11-23 at 10:14", "on 2026-11-23 at 10:14"),
        ("CA00000000000000000000000000000001", "CA00000000000000000000000000000001"),
        ("took 1234 ms, 42 rows, 404", "took 1234 ms, 42 rows, 404"),
    ],
)
def test_numbers_of_people_are_masked_and_what_looks_alike_is_kept(said, logged):
    assert telemetry.mask(said) == logged


def test_a_number_is_masked_however_deep_it_lies():
    event = {"event": "x", "form": {"From": "+4520304051", "list": ["010190-1234", 4520304051, 3, None, True, 1.5]}}

    assert telemetry.mask_numbers(None, "info", event) == {
        "event": "x",
        "form": {"From": "[…51]", "list": ["[cpr]", "[…51]", 3, None, True, 1.5]},
    }


@pytest.fixture
def lines():
    """What the log writes, as text; the log is put back as it was."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    telemetry.configure(json_lines=True)
    written = io.StringIO()
    root.handlers[0].setStream(written)
    yield written
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


def test_a_line_of_ours_a_library_s_and_an_exception_are_all_masked(lines):
    structlog.get_logger().info("called", caller="+4520304051")
    logging.getLogger("a.library").warning("cannot reach %s", "+4520304051")
    try:
        raise ValueError("no such number: +4520304051")
    except ValueError:
        structlog.get_logger().exception("failed")

    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["event"] for line in logged] == ["called", "cannot reach […51]", "failed"]
    assert logged[0]["caller"] == "[…51]"
    assert "no such number: […51]" in logged[2]["exception"]
    assert "20304051" not in lines.getvalue()
