"""`lab run`: every solution of one locale, executed without a browser, from the command to the bias table.

Run: uv run python benchmarks/lab_run.py [LOCALE]
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

LAB = Path(sys.executable).with_name("lab")
ROOT = Path(__file__).parents[1]


def main() -> None:
    locale = sys.argv[1] if len(sys.argv) > 1 else "en"
    notebooks = len(list((ROOT / "solutions" / locale).glob("*.ipynb")))
    with TemporaryDirectory() as out:
        begun = time.perf_counter()
        done = subprocess.run([LAB, "run", "--locale", locale, "--out", out, "--course", ROOT], cwd=out, check=False)
        taken_s = time.perf_counter() - begun
    if done.returncode:
        sys.exit(done.returncode)
    print(f"{notebooks} notebooks of {locale}, Spark's start included: {taken_s:.1f} s")


if __name__ == "__main__":
    main()
