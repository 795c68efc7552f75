"""The plan: our own cells and the submission's answers, and no more than the exercises need."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.authoring import Cell as LessonCell
from lab_helpers.authoring import Lesson
from lab_helpers.exercises import Exercise
from lab_helpers.grading.names import defined_names, used_names
from lab_helpers.grading.plan import plan, without_magics
from lab_helpers.grading.steps import Cell, Probe, uses_spark
from lab_helpers.i18n import message

SOLUTION = "doubled = ...\n### BEGIN SOLUTION\ndoubled = [2 * n for n in numbers]\n### END SOLUTION"


def exercise(key="09.doubled", cell="answer", arguments=("doubled",)):
    return Exercise(key, cell, "complete", 1, message("A title"), arguments, dict, lambda *_: [], ())


def lesson(*cells):
    return Lesson("09_any", tuple(LessonCell("code", source, key, tags) for key, source, tags in map(padded, cells)))


def padded(cell):
    return cell if len(cell) == 3 else (*cell, ())


LESSON = lesson(
    ("parameters", 'LOCALE = "en"', ("parameters",)),
    ("set-up", "import math\n\nfrom lab_helpers import check, use_locale\n\nuse_locale(LOCALE)"),
    ("data", "numbers = [1, 2]\nunused = 10**9\ndisplay(numbers)"),
    ("answer", SOLUTION),
    ("picture", "drawn = math.sqrt(len(doubled))\nmath.sqrt(3)\ndrawn"),
    ("check", 'check("09.doubled", doubled)'),
)


def sources(steps):
    return {step.key: step.source for step in steps if isinstance(step, Cell)}


def planned(master=LESSON, answers=None, exercises=None, **more):
    return plan(master, answers or {}, exercises or [exercise()], more.pop("inputs", {}), **more)


def test_only_what_the_exercise_needs_is_run():
    assert list(sources(planned())) == ["parameters", "set-up", "data", "answer"]
    assert sources(planned())["data"] == "numbers = [1, 2]"


def test_the_answer_is_the_submissions_and_every_other_cell_is_ours():
    steps = planned(answers={"answer": "doubled = [2, 4]", "data": "numbers = []", "set-up": "evil()"})
    assert sources(steps)["answer"] == "doubled = [2, 4]"
    assert sources(steps)["data"] == "numbers = [1, 2]"
    assert "evil" not in str(steps)


def test_no_solution_of_ours_is_ever_run():
    assert sources(planned())["answer"] == "doubled = ...\n# YOUR CODE HERE\nraise NotImplementedError()"


def test_an_exercise_is_probed_where_the_lesson_checks_it_with_the_inputs_given():
    steps = planned(inputs={"09.doubled": [3]})
    assert steps[-1] == Probe("09.doubled", "answer", ("doubled",), [3])


def test_what_changes_between_answer_and_check_is_run_before_the_probe():
    master = lesson(("answer", SOLUTION), ("more", "doubled.append(0)"), ("check", 'check("09.doubled", doubled)'))
    assert [getattr(step, "key", "probe") for step in planned(master)] == ["answer", "more", "probe"]


def test_without_a_check_an_exercise_is_probed_right_after_its_answer():
    master = lesson(("answer", SOLUTION), ("more", "doubled = None"))
    assert [getattr(step, "key", "probe") for step in planned(master)] == ["answer", "probe"]


def test_a_submission_speaks_its_own_language():
    assert sources(planned(locale="pt-BR"))["parameters"] == 'LOCALE = "pt-BR"'


def test_a_lesson_without_exercises_needs_nothing_run():
    assert planned(exercises=[exercise(key="08.other")]) == ()


def test_what_the_submission_uses_of_the_lesson_is_kept_though_our_solution_does_without():
    steps = planned(answers={"answer": "doubled = [unused]"})
    assert sources(steps)["data"] == "numbers = [1, 2]\nunused = 10 ** 9"


def test_an_answer_that_is_not_python_stays_as_it_is_to_fail_as_it_would():
    broken = "doubled = [2,"
    assert sources(planned(answers={"answer": broken}))["answer"] == broken


@pytest.mark.parametrize(
    ("written", "run"),
    [
        ("%pip install x\nx = 1", "pass\nx = 1"),
        ("!ls\nx = 1", "pass\nx = 1"),
        ("files = !ls\nx = 1", "pass\nx = 1"),
        ("if True:\n    %time x = 1", "if True:\n    pass"),
        ("%%bash\nrm -rf ~", ""),
        ("x = (7\n  % 2)", "x = (7\n  % 2)"),
        ('x = """\n%d\n"""', 'x = """\n%d\n"""'),
    ],
)
def test_magics_are_left_out_and_every_line_keeps_its_number(written, run):
    assert without_magics(written) == run


@pytest.mark.parametrize(
    ("code", "defined"),
    [
        ("x = y", {"x"}),
        ("x, (y, *z) = f()", {"x", "y", "z"}),
        ("x.append(y)", {"x"}),
        ("x[0].name = y", {"x"}),
        ("x += 1", {"x"}),
        ("del x", {"x"}),
        ("def f():\n    inner = 1", {"f"}),
        ("class C:\n    inner = 1", {"C"}),
        ("import a.b as c, d.e", {"c", "d"}),
        ("for n in m: pass", {"n"}),
        ("with open(f) as g: pass", {"g"}),
        ("x = [n for n in m]", {"x"}),
        ("print(x)", set()),
        ("if (n := 1): pass", {"n"}),
        ("try:\n    pass\nexcept E as e:\n    pass", {"e"}),
    ],
)
def test_what_a_statement_defines_or_changes(code, defined):
    assert defined_names(code) == defined


def test_what_is_not_python_names_nothing():
    assert used_names("x = (") == defined_names("\0") == set()


def test_spark_is_seen_by_its_names():
    assert uses_spark((Cell("a", "spark = spark_session()"),))
    assert not uses_spark((Cell("a", "sparkling = 'spark'"), Probe("k", "a", ())))


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.lists(st.sampled_from("abcde"), max_size=3)), max_size=12))
def test_the_kept_statements_give_an_exercise_the_very_values_of_the_whole_lesson(assignments):
    lines = [f"{name} = hash(({name!r}, {', '.join([*used, '0'])}))" for name, used in assignments]
    start = "\n".join(f"{name} = 0" for name in "abcde")
    whole: dict[str, object] = {}
    exec("\n".join([start, *lines]), whole)
    master = lesson(*[(f"cell{n}", source) for n, source in enumerate([start, *lines])], ("answer", "pass"))
    kept: dict[str, object] = {}
    steps = planned(master, {"answer": "pass"}, [exercise(arguments=("a", "b"))])
    exec("\n".join(sources(steps).values()), kept)
    assert (kept["a"], kept["b"]) == (whole["a"], whole["b"])


@given(st.text())
def test_any_answer_can_be_planned(source):
    steps = planned(answers={"answer": source})
    assert steps[-1] == Probe("09.doubled", "answer", ("doubled",))


def test_kept_statements_are_python():
    for source in sources(planned()).values():
        ast.parse(source)
