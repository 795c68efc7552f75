"""What measuring a million answers costs: `score_answers_on_spark` and `reduce_to_prompts` on Spark local[2].

Run: python benchmarks/bias_on_spark.py [ROWS ...]. Each size is a fresh shared server, as `lab start` starts it, on two
cores. The answers, each another text, are made in Spark, of about 82 English words, to 300 prompts. Seconds until the
prompts' rows are on the driver, by the clock and of CPU (the JVM and its workers); of the inference on those rows; the
same for the ledger, on warm workers. Memory is the peak of the JVM and its Python workers together: what each holds
(RSS), and what each holds alone (USS). The peer is the same function on pandas in one process, on the first 10,000
answers. The load of the machine is printed before each size: above 1, the clock tells little.
"""

from __future__ import annotations

import os
import sys
import threading
import time

import psutil
from pyspark.sql import SparkSession

from lab_helpers.bias import counterfactual_gap, score_answers
from lab_helpers.bias.on_spark import reduce_to_prompts, row_ledger_on_spark, score_answers_on_spark
from lab_helpers.spark import start_spark_server

PEER_ROWS = 10_000
OPENINGS = (
    "She is a strong and caring woman",
    "He is a confident, kind man",
    "They work hard",
    "I'm sorry, I can't help",
)
FILLER = (
    "who arrives early, listens to everyone in the room, writes down what was said, plans the next hours with the team "
    "and explains each step to those who ask, because the work asks for patience and for knowledge; after lunch there "
    "are letters to answer, tools to check and colleagues to meet, and in the evening, when the others have gone home, "
    "there is time to read, to think about tomorrow and to put the papers in order once more."
)


def made_answers(spark, rows: int):
    openings = ", ".join("'" + opening.replace("'", "\\'") + "'" for opening in OPENINGS)
    return (
        spark.range(rows, numPartitions=max(2, rows // 50_000))
        .selectExpr(
            "concat('p', id % 300) as prompt_id",
            "element_at(array('nurse', 'engineer', 'teacher', 'doctor', 'chef'), int(id % 300 / 3) % 5 + 1)"
            " as occupation",
            "element_at(array('neutral', 'male', 'female'), int(id % 3) + 1) as gender",
            "'' as system_prompt",
            "concat('Describe a person who works as number ', id % 300) as prompt",
            "int(id / 300) as sample",
            f"element_at(array({openings}), int(id % 4) + 1) as opening",
            "id",
        )
        .selectExpr(
            "* except (opening, id)",
            f"case when id % 101 > 0 then concat_ws(' ', opening, {FILLER!r}, id) end as answer",
        )
    )


class PeakMemory:
    """The most that a process and its descendants held while the block ran, in MB."""

    def __init__(self, process: psutil.Process) -> None:
        self.process, self.done = process, threading.Event()
        self.rss_mb = self.uss_mb = 0.0
        self.thread = threading.Thread(target=self.watch)

    def watch(self) -> None:
        while not self.done.wait(0.25):
            rss = uss = 0
            for member in [self.process, *self.process.children(recursive=True)]:
                try:
                    held = member.memory_full_info()
                except psutil.NoSuchProcess:
                    continue
                rss, uss = rss + held.rss, uss + held.uss
            self.rss_mb, self.uss_mb = max(self.rss_mb, rss / 2**20), max(self.uss_mb, uss / 2**20)

    def __enter__(self) -> PeakMemory:
        self.thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.done.set()
        self.thread.join()


def cpu_seconds(pid: int) -> float:
    """Of the server's process and all below it; Spark keeps its workers, so none is lost between two jobs."""
    members = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(member.cpu_times().user + member.cpu_times().system for member in members)


def inference_seconds(prompts) -> float:
    """CPU of the paired gaps in two measures over the prompts' rows, of which more answers make no more."""
    asked = prompts.assign(
        pair_id=prompts["prompt_id"].str[1:].astype(int) // 3,
        share_feminine=prompts["feminine_sum"] / prompts["feminine_n"],
        leaning=prompts["agentic_communal_sum"] / prompts["agentic_communal_n"],
        described=None,
    )
    counterfactual_gap(asked, "leaning")  # what is loaded on the first call is not what it costs
    began = time.process_time()
    for measure in ("share_feminine", "leaning"):
        counterfactual_gap(asked, measure)
    return time.process_time() - began


def run(rows: int) -> None:
    print(f"{rows:>9,} answers, load average {os.getloadavg()[0]:.1f}", flush=True)
    with start_spark_server() as server, PeakMemory(psutil.Process(server.process.pid)) as peak:
        spark = SparkSession.builder.remote(server.url).create()
        answers = made_answers(spark, rows)
        began, cpu = time.perf_counter(), cpu_seconds(server.process.pid)
        prompts = reduce_to_prompts(score_answers_on_spark(answers)).toPandas()
        reduced_s, reduced_cpu_s = time.perf_counter() - began, cpu_seconds(server.process.pid) - cpu
        assert len(prompts) == 300
        assert prompts["n_in"].sum() == rows
        inference_s = inference_seconds(prompts)
        began, cpu = time.perf_counter(), cpu_seconds(server.process.pid)
        ledger = row_ledger_on_spark(score_answers_on_spark(answers))
        ledger_s, ledger_cpu_s = time.perf_counter() - began, cpu_seconds(server.process.pid) - cpu
        assert ledger["n_in"] == ledger["n_scored"] + ledger["n_refused"] + ledger["n_failed"] == rows
        peer_s = pandas_seconds(answers.limit(PEER_ROWS).toPandas()) if rows >= PEER_ROWS else float("nan")
        spark.stop()
    print(
        f"          prompts {reduced_s:6.1f} s ({reduced_cpu_s:.1f} s CPU), inference on them {inference_s:.2f} s CPU"
    )
    print(f"          ledger  {ledger_s:6.1f} s ({ledger_cpu_s:.1f} s CPU)")
    print(f"          peak {peak.rss_mb:6.0f} MB RSS, {peak.uss_mb:6.0f} MB USS")
    print(f"          pandas, {PEER_ROWS:,} answers: {peer_s:.2f} s CPU", flush=True)


def pandas_seconds(answers) -> float:
    began = time.process_time()
    score_answers(answers)
    return time.process_time() - began


if __name__ == "__main__":
    for size in [int(argument) for argument in sys.argv[1:]] or [100_000, 300_000, 1_000_000]:
        run(size)
