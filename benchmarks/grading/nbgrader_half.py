"""One half of a class with nbgrader: every assignment of the folder it runs in, graded, and its feedback written.

`python nbgrader_half.py`, in nbgrader's environment and a course's folder; what it scored, by student and assignment,
stands in scores.json afterwards.
"""

import json
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook

NBGRADER = Path(sys.executable).with_name("nbgrader")

if __name__ == "__main__":
    assignments = sorted(path.name for path in Path("source").iterdir())
    for assignment in assignments:
        subprocess.run([NBGRADER, "autograde", assignment], check=True)
        subprocess.run([NBGRADER, "generate_feedback", assignment], check=True)
    with Gradebook("sqlite:///gradebook.db") as gradebook:
        scores = {
            f"{submission.student.id}/{assignment}": submission.score
            for assignment in assignments
            for submission in gradebook.assignment_submissions(assignment)
        }
    Path("scores.json").write_text(json.dumps(scores))
