"""nbgrader takes our notebooks as its own: it hands out what we hand out, gives the same points, validates the same."""

import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.validator import Validator
from traitlets.config import Config

from lab_helpers import services

ROOT = Path(__file__).parents[2]
LOCALES = ("en", "pt-BR")
WITH_EXERCISES = (
    "04_new_notebook",
    "05_responsible_ai",
    "06_measure_the_bias",
    "07_mitigate_and_measure_again",
    "08_clean_up",
)
pytestmark = pytest.mark.filterwarnings("ignore")


class Course:
    """An instructor's nbgrader course, one assignment for each lesson and locale."""

    def __init__(self, folder):
        self.folder = folder
        self.config = Config()
        self.config.CourseDirectory.root = str(folder)
        self.config.CourseDirectory.course_id = "lab"
        self.config.ExecutePreprocessor.timeout = 120
        self.nbgrader = NbGraderAPI(config=self.config)

    def generate(self, lesson, locale):
        """nbgrader's own student version of our solution notebook."""
        name = f"{locale}-{lesson}"
        source = self.folder / "source" / name
        source.mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / locale / f"{lesson}.ipynb", source)
        done = self.nbgrader.generate_assignment(name)
        assert done["success"], done
        return self.folder / "release" / name / f"{lesson}.ipynb"

    def points(self, student, lesson, locale, notebook):
        """What nbgrader's autograder gives for a notebook, and what it could give."""
        name = f"{locale}-{lesson}"
        handed_in = self.folder / "submitted" / student / name
        handed_in.mkdir(parents=True)
        shutil.copy(notebook, handed_in)
        done = self.nbgrader.autograde(name, student)
        assert done["success"], done
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book:
            graded = book.find_submission_notebook(lesson, name, student)
            return graded.score, graded.max_score


@pytest.fixture(scope="module")
def commands():
    # nbgrader calls alembic, which stands beside this interpreter.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        yield


@pytest.fixture(scope="module")
def course(commands, tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def released(course):
    """The notebooks that nbgrader hands out, by lesson and locale."""
    return {(lesson, locale): course.generate(lesson, locale) for lesson in WITH_EXERCISES for locale in LOCALES}


@pytest.fixture(scope="module")
def lab_services():
    with (
        services.practice("nbgrader", with_local_model=False) as practice,
        services.spark() as spark,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in {**practice, **spark, "LAB_STATIC": "1"}.items():
            patch.setenv(name, value)
        # A class's nbgrader knows nothing of it: that no point is given for nothing must not hang on it.
        patch.delenv("LAB_STRICT", raising=False)
        yield


def cells(path):
    return [(cell.id, cell.cell_type, cell.source) for cell in nbformat.read(path, as_version=4).cells]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("lesson", WITH_EXERCISES)
def test_nbgrader_hands_out_the_very_cells_of_our_course_notebook(released, lesson, locale):
    assert cells(released[lesson, locale]) == cells(ROOT / "course" / locale / f"{lesson}.ipynb")


def test_nbgraders_autograder_gives_a_solution_all_points_and_an_untouched_notebook_none(
    course, released, lab_services
):
    lesson, locale = "05_responsible_ai", "pt-BR"
    solution = ROOT / "solutions" / locale / f"{lesson}.ipynb"
    assert course.points("ana", lesson, locale, solution) == (17, 17)
    assert course.points("bia", lesson, locale, released[lesson, locale]) == (0, 17)


def test_nbgrader_validates_a_solution_and_not_an_untouched_notebook(commands, lab_services, tmp_path):
    lesson = "04_new_notebook"
    found = {}
    for kind in ("solutions", "course"):
        own = tmp_path / kind
        own.mkdir()
        shutil.copy(ROOT / kind / "en" / f"{lesson}.ipynb", own)
        found[kind] = Validator().validate(str(own / f"{lesson}.ipynb"))
    assert found["solutions"] == {}
    assert ["Not attempted" in failed["raw_error"] for failed in found["course"]["failed"]] == [True, True]
