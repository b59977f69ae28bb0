"""Figures and plots of the measurements, put between their marks in `docs/performance.md`."""

import platform
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from bench.webhook import Found

DOCS = Path(__file__).parents[1] / "docs"
_MOST_WEB = 1.5
_COLOURS = ("#9aa5ad", "#5b6b75", "#0f6e84", "#c7732a")


def write(name: str, table: str) -> None:
    """Put a table where `docs/performance.md` keeps this one."""
    page = DOCS / "performance.md"
    said = f"Measured {date.today().isoformat()}, Python {platform.python_version()}, {_processors()}."
    block = f"<!-- {name} -->\n{said}\n\n```text\n{table}\n```\n<!-- /{name} -->"
    page.write_text(re.sub(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _: block, page.read_text(), flags=re.DOTALL))


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


def _processors() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "",
    )
    count = Path("/proc/cpuinfo").read_text().count("processor\t")
    return f"{count} processors ({model})" if model else f"{count} processors"
