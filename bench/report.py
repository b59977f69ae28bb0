"""Figures and plots of the measurements, put between their marks in the pages of `docs/`."""

import platform
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from bench import speech
    from bench.webhook import Found
    from ivr.domain.planning.steady import Held, Setting
    from ivr.domain.speech.evaluation import Report

DOCS = Path(__file__).parents[1] / "docs"
_MOST_WEB = 1.5
_COLOURS = ("#9aa5ad", "#5b6b75", "#0f6e84", "#c7732a")


def write(name: str, table: str, page: str = "performance.md") -> None:
    """Put a table where the page keeps this one."""
    file = DOCS / page
    said = f"Measured {date.today().isoformat()}, Python {platform.python_version()}, {_processors()}."
    block = f"<!-- {name} -->\n{said}\n\n```text\n{table}\n```\n<!-- /{name} -->"
    file.write_text(re.sub(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _: block, file.read_text(), flags=re.DOTALL))


def write_webhook(table: str, found: "Found") -> None:
    """The webhook's table, and its plot: what a request costs, and how long it takes."""
    write("webhook", table)
    rates = sorted({rate for _, rate in found})
    names = list(dict.fromkeys(name for name, _ in found))
    figure, (cost, wait) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    width = 0.8 / len(names)
    for place, (name, colour) in enumerate(zip(names, _COLOURS, strict=True)):
        at = [index + place * width for index in range(len(rates))]
        rows = [found[name, rate] for rate in rates]
        cost.bar(at, [row.web_cpu for row in rows], width * 0.92, color=colour, label=name)
        cost.bar(
            at,
            [row.store_cpu for row in rows],
            width * 0.92,
            bottom=[row.web_cpu for row in rows],
            color=colour,
            alpha=0.45,
        )
        wait.bar(at, [row.p99 for row in rows], width * 0.92, color=colour, alpha=0.45)
        wait.bar(at, [row.p50 for row in rows], width * 0.92, color=colour)
    for axes in (cost, wait):
        axes.set_xticks(
            [index + width * (len(names) - 1) / 2 for index in range(len(rates))], [f"{rate}/s" for rate in rates]
        )
        axes.spines[["top", "right"]].set_visible(False)
    for index, rate in enumerate(rates):
        limit = _MOST_WEB * found["one transaction", rate].web_cpu
        cost.hlines(limit, index - width / 2, index + 0.8 - width / 2, colors="black", linestyles="dotted", linewidth=1)
    cost.set_title("CPU ms per request: web, and PostgreSQL (pale)", fontsize=9)
    wait.set_title("ms to the answer: p50, and p99 (pale)", fontsize=9)
    cost.legend(frameon=False, fontsize=8)
    figure.savefig(DOCS / "pictures" / "webhook.svg", metadata={"Date": None})


def draw_reliability(found: "Mapping[str, Report]") -> None:
    """For each half: how many answers were right, by how sure they were; the size of a point tells how many there were."""
    figure, axes = plt.subplots(1, len(found), figsize=(2.3 * len(found), 2.6), layout="constrained", sharey=True)
    for place, (name, report) in zip(axes, found.items(), strict=True):
        bins = report.reliability
        place.plot([0, 1], [0, 1], color="black", linestyle="dotted", linewidth=1)
        most = max(one.count for one in bins)
        sizes = [12 + 130 * one.count / most for one in bins]
        sure, right = [one.confidence for one in bins], [one.right for one in bins]
        place.plot(sure, right, color=_COLOURS[1], linewidth=0.8)
        place.scatter(sure, right, s=sizes, color=_COLOURS[2], zorder=2)
        place.set(title=name, xlim=(0, 1), ylim=(0, 1.02), xlabel="how sure")
        place.title.set_fontsize(9)
        place.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("how many were right")
    figure.savefig(DOCS / "pictures" / "reliability.svg", metadata={"Date": None})


def draw_streams(found: "speech.Found", most: float) -> None:
    """CPU of a second of sound; the dotted line is what it may be at most."""
    counts = sorted({count for _, count in found})
    names = list(dict.fromkeys(name for name, _ in found))
    figure, axes = plt.subplots(figsize=(4.5, 3), layout="constrained")
    width = 0.8 / len(names)
    for place, name in enumerate(names):
        at = [index + place * width for index in range(len(counts))]
        axes.bar(
            at,
            [found[name, count].each_second for count in counts],
            width * 0.92,
            color=_COLOURS[2 * place],
            label=name,
        )
    for index, count in enumerate(counts):
        limit = most * found[names[0], count].each_second
        axes.hlines(limit, index - width / 2, index + 0.8 - width / 2, colors="black", linestyles="dotted", linewidth=1)
    axes.set_xticks(
        [index + width * (len(names) - 1) / 2 for index in range(len(counts))], [f"{n} at a time" for n in counts]
    )
    axes.set_title("CPU ms per second of sound", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(DOCS / "pictures" / "streams.svg", metadata={"Date": None})


def draw_erlang(found: "Mapping[Setting, Sequence[Held]]") -> None:
    """For each figure: what was simulated, with its interval, beside what the formula says of the setting."""
    figures = ("had to wait", "answered in 60 s", "gave up")
    figure, axes = plt.subplots(1, len(figures), figsize=(2.6 * len(figures), 2.8), layout="constrained")
    for place, name in zip(axes, figures, strict=True):
        for is_patient, colour, formula in ((True, _COLOURS[2], "Erlang C"), (False, _COLOURS[3], "Erlang A")):
            held = [
                one
                for setting, of_setting in found.items()
                for one in of_setting
                if one.figure == name and (setting.patience is None) == is_patient
            ]
            place.errorbar(
                [one.formula for one in held],
                [one.simulated.mean for one in held],
                [one.simulated.half_width for one in held],
                color=colour,
                fmt="o",
                markersize=3,
                linewidth=1,
                label=formula if held else None,
            )
        most = max(one.formula for of_setting in found.values() for one in of_setting if one.figure == name)
        place.plot([0, most], [0, most], color="black", linestyle="dotted", linewidth=1)
        place.set(title=name, xlabel="formula")
        place.title.set_fontsize(9)
        place.spines[["top", "right"]].set_visible(False)
        place.legend(frameon=False, fontsize=8)
    axes[0].set_ylabel("simulated")
    figure.savefig(DOCS / "pictures" / "erlang.svg", metadata={"Date": None})


def _processors() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "",
    )
    count = Path("/proc/cpuinfo").read_text().count("processor\t")
    return f"{count} processors ({model})" if model else f"{count} processors"
