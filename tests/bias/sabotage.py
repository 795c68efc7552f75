"""Answers on Spark whose first reading kills what scores them, and a classic session to see it in, in its own process.

Run: python -m tests.bias.sabotage MASTER VICTIM FOLDER, with a JAVA_HOME. Writes FOLDER/found.json.
"""

import json
import os
import sys
from pathlib import Path

ROWS = 2_400
BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch"
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
ANSWERS = ("She is a caring woman.", "He leads.", "", "I cannot assist.", "👩‍⚕️ היא אחות. Ela é enfermeira.")


def answers_on(spark):
    """ROWS answers to 30 prompts in four partitions; every seventh is none, and every eleventh has no gender."""
    texts = ", ".join(f"'{text}'" for text in ANSWERS)
    return spark.range(ROWS, numPartitions=4).selectExpr(
        "concat('p', id % 30) as prompt_id",
        "case when id % 11 > 0 then element_at(array('neutral', 'male', 'female'), int(id % 3) + 1) end as gender",
        "'Describe a nurse.' as prompt",
        "int(id / 30) as sample",
        f"case when id % 7 > 0 then element_at(array({texts}), int(id % {len(ANSWERS)}) + 1) end as answer",
    )


def sabotaged(answers, victim, folder):
    """`answers`, whose reading kills, once and after some rows went through, every other worker or its executor."""
    marker = str(Path(folder) / f"killed-{victim}")

    # Nested, it travels by value: the workers can't import the tests.
    def read(batches):
        import os
        from pathlib import Path

        for number, batch in enumerate(batches):
            if number == 2 and not Path(marker).exists():
                Path(marker).touch()
                daemon = os.getppid()
                if victim == "executor":
                    os.kill(_parent(daemon), 9)
                for other in Path(f"/proc/{daemon}/task/{daemon}/children").read_text().split():
                    if int(other) != os.getpid():
                        os.kill(int(other), 9)
            yield batch

    def _parent(pid):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])

    return answers.mapInArrow(read, answers.schema)


def found_in(answers):
    """The row ledger of `answers`, and their prompts' rows in order, as plain values."""
    from lab_helpers.bias import reduce_to_prompts, row_ledger_on_spark, score_answers_on_spark

    scored = score_answers_on_spark(answers)
    prompts = sorted(map(list, reduce_to_prompts(scored).collect()), key=str)
    return {"prompts": prompts, "ledger": row_ledger_on_spark(scored)}


def main(master, victim, folder):
    from pyspark.sql import SparkSession

    options = {
        "spark.driver.extraJavaOptions": QUICK,
        "spark.executor.extraJavaOptions": QUICK,
        "spark.executor.memory": "512m",
        "spark.driver.host": "localhost",
        "spark.local.dir": folder,
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        BATCH: "100",
    }
    spark = SparkSession.builder.master(master).config(map=options).getOrCreate()
    answers = answers_on(spark)
    found = found_in(answers if victim == "nothing" else sabotaged(answers, victim, folder))
    kind = type(spark).__module__
    (Path(folder) / "found.json").write_text(json.dumps(found | {"kind": kind}), encoding="utf-8")
    spark.stop()


if __name__ == "__main__":
    os.environ.pop("SPARK_REMOTE", None)
    main(*sys.argv[1:])
