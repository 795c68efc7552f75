"""Running: a submission's cells and probes in a sandbox, whose only way out is plain values.

The door of the room:

    with Runner(Limits(), cassettes=(SHIPPED,)) as runner:
        run = runner.run(Job(session, steps))  # from as many threads as there are workers
        run.values["05.generate"]  # what exercises.judged(exercise, values, inputs, Evidence(run.served)) takes
"""

from lab_helpers.grading.running.jobs import End, Isolation, Job, Limits, Note, Run
from lab_helpers.grading.running.runner import Runner

__all__ = ["End", "Isolation", "Job", "Limits", "Note", "Run", "Runner"]
