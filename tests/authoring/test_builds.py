import json
import os
from pathlib import Path

import nbformat
import pytest

from lab_helpers.authoring import build, read_lessons, read_notebook
from lab_helpers.authoring.lessons import parse_lesson
from lab_helpers.authoring.notebooks import course_notebook, solution_notebook
from lab_helpers.errors import AuthoringError

COURSE_PT = "course/pt-BR/05_gap.ipynb"
SOLUTION_PT = "solutions/pt-BR/05_gap.ipynb"


def cells(path):
    return {cell.id: cell for cell in read_notebook(path).cells}


def texts(root):
    return {path: path.read_bytes() for path in sorted(root.rglob("*.ipynb"))}


def test_each_lesson_gives_a_course_and_a_solution_notebook_per_locale(course):
    built = [path.relative_to(course).as_posix() for path in texts(course)]
    assert built == ["course/en/05_gap.ipynb", COURSE_PT, "solutions/en/05_gap.ipynb", SOLUTION_PT]


def test_keys_become_cell_ids_and_stay_in_the_metadata_with_the_tags(course):
    parameters = cells(course / COURSE_PT)["parameters"]
    assert parameters.metadata == {"key": "parameters", "tags": ["parameters"]}


def test_prose_is_translated_and_code_is_not_but_for_the_locale(course):
    portuguese, english = cells(course / SOLUTION_PT), cells(course / "solutions/en/05_gap.ipynb")
    assert portuguese["your-turn"].source == "## Sua vez"
    assert portuguese["parameters"].source == 'LOCALE = "pt-BR"'
    assert portuguese["compute-the-gap"].source == english["compute-the-gap"].source


def test_a_student_gets_nbgraders_stub_and_metadata_and_no_outputs(course):
    student = cells(course / COURSE_PT)
    assert student["compute-the-gap"].source == (
        "def gap(women, men):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    )
    assert student["compute-the-gap"].metadata.nbgrader == {
        "schema_version": 3,
        "grade_id": "compute-the-gap",
        "solution": True,
        "grade": False,
        "locked": False,
        "task": False,
    }
    assert all(cell.outputs == [] and cell.execution_count is None for cell in student.values() if "outputs" in cell)


def test_a_check_of_an_exercise_is_nbgraders_grade_cell_with_the_exercises_points_in_both_notebooks():
    lesson = parse_lesson("06_x", '# %% key="check-it"\ncheck("06.narrower", width_factor)\n')
    for notebook in (course_notebook(lesson, "en"), solution_notebook(lesson, "en")):
        assert notebook.cells[0].metadata.nbgrader == {
            "schema_version": 3,
            "grade_id": "check-it",
            "solution": False,
            "grade": True,
            "locked": True,
            "task": False,
            "points": 3,
        }


@pytest.mark.parametrize("source", ['check("06.unheard-of", 1)', "check(key, 1)", 'x = check("06.narrower", 1)', "1"])
def test_other_cells_carry_no_points(source):
    lesson = parse_lesson("06_x", f'# %% key="cell"\n{source}\n')
    assert "nbgrader" not in course_notebook(lesson, "en").cells[0].metadata


def test_an_instructor_gets_the_marks_the_code_and_what_it_gave(course):
    solution = cells(course / SOLUTION_PT)
    assert "    ### BEGIN SOLUTION\n    difference = women - men" in solution["compute-the-gap"].source
    stream, result = solution["use-it"].outputs
    assert (stream.text, result.data["text/plain"]) == ("pt-BR\n", "2")


def test_a_notebook_says_what_it_is_and_nothing_of_the_machine(course):
    assert read_notebook(course / SOLUTION_PT).metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "lab": {"lesson": "05_gap", "locale": "pt-BR", "kind": "solution"},
        "title": "A diferença",
    }


def test_a_notebook_is_valid_and_written_in_one_way(course):
    text = (course / SOLUTION_PT).read_text(encoding="utf-8")
    parsed = json.loads(text)
    nbformat.validate(parsed)
    assert (parsed["nbformat"], parsed["nbformat_minor"]) == (4, 5)
    assert text == json.dumps(parsed, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_a_rebuild_gives_the_same_bytes_even_when_all_is_executed_again(course):
    before = texts(course)
    build(course, os.environ, force=True)
    assert texts(course) == before


def test_unchanged_code_is_not_executed_again_though_its_prose_changed(course):
    lesson = course / "lessons/05_gap.py"
    lesson.write_text(lesson.read_text().replace("How far apart", "How distant"))
    no_kernel_starts_with_this = {"PATH": "", "PYTHONHOME": "/nowhere"}
    build(course, no_kernel_starts_with_this, ["en"])
    solution = cells(course / "solutions/en/05_gap.ipynb")
    assert "How distant" in solution["title"].source
    assert solution["use-it"].execution_count == 3


def test_changed_code_is_executed_again(course):
    lesson = course / "lessons/05_gap.py"
    lesson.write_text(lesson.read_text().replace("gap(3, 1)", "gap(8, 1)"))
    seen = []
    build(course, os.environ, ["en"], on_progress=lambda path, done, total: seen.append((path, done, total)))
    assert cells(course / "solutions/en/05_gap.ipynb")["use-it"].outputs[1].data["text/plain"] == "7"
    assert seen == [("solutions/en/05_gap.ipynb", done, 3) for done in (0, 1, 2, 3)]


def test_a_missing_translation_leaves_the_english_text(unbuilt):
    (unbuilt / "lessons/locale/pt-BR.po").unlink()
    lesson = unbuilt / "lessons/05_gap.py"
    lesson.write_text("\n".join(lesson.read_text().splitlines()[:4]))
    build(unbuilt, {}, ["pt-BR"])
    assert cells(unbuilt / COURSE_PT)["title"].source.startswith("# The `gap`")


def test_a_lesson_that_breaks_the_structure_is_refused_before_anything_is_written(unbuilt):
    lesson = unbuilt / "lessons/05_gap.py"
    lesson.write_text(lesson.read_text().replace("### END SOLUTION", ""))
    with pytest.raises(AuthoringError, match=r"lessons/05_gap.py, cell compute-the-gap: A solution region never ends"):
        build(unbuilt, os.environ)
    assert texts(unbuilt) == {}


def test_a_lesson_that_is_not_utf_8_is_named(unbuilt):
    (unbuilt / "lessons/06_latin.py").write_bytes("# ação".encode("latin-1"))
    with pytest.raises(AuthoringError, match=r"lessons/06_latin.py is not UTF-8"):
        build(unbuilt, os.environ)


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    for text in ("not json", "[]", "{}", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}'):
        Path(tmp_path / "broken.ipynb").write_text(text)
        with pytest.raises(AuthoringError, match=r"broken.ipynb cannot be read as a notebook"):
            read_notebook(tmp_path / "broken.ipynb")


def test_lessons_come_in_the_order_of_their_numbers(unbuilt):
    for name in ("10_last", "00_first"):
        (unbuilt / f"lessons/{name}.py").write_text("")
    assert [lesson.name for lesson in read_lessons(unbuilt)] == ["00_first", "05_gap", "10_last"]
