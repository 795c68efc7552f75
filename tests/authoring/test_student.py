from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_helpers.authoring import given_away, solution_lines, student_source
from lab_helpers.errors import AuthoringError

names = st.text("abcxyz", min_size=1, max_size=6)
indents = st.sampled_from(["", "    ", "        "])


@st.composite
def cells_with_regions(draw):
    """(source, the lines outside, the lines inside, the indentation of each region); inside and outside never meet."""
    source, outside, inside, region_indents = [], [], [], []
    for _ in range(draw(st.integers(0, 4))):
        indent = draw(indents)
        if draw(st.booleans()):
            lines = [f"{indent}inside_{name} = {name}" for name in draw(st.lists(names, max_size=3))]
            source += [f"{indent}### BEGIN SOLUTION", *lines, f"{indent}### END SOLUTION"]
            inside += lines
            region_indents.append(indent)
        else:
            lines = [f"{indent}outside_{name} = {name}" for name in draw(st.lists(names, max_size=3))]
            source += lines
            outside += lines
    return "\n".join(source), outside, inside, region_indents


@given(cells_with_regions())
def test_a_student_sees_every_line_outside_and_one_stub_for_each_region(cell):
    source, outside, inside, region_indents = cell
    shown = student_source(source).splitlines()
    stubs = [line for line in shown if line.strip() in ("# YOUR CODE HERE", "raise NotImplementedError()")]
    assert [line for line in shown if line not in stubs] == outside
    assert stubs == [
        indent + stub for indent in region_indents for stub in ("# YOUR CODE HERE", "raise NotImplementedError()")
    ]
    assert solution_lines(source) == inside


@given(cells_with_regions())
def test_what_a_student_sees_holds_no_mark_and_strips_to_itself(cell):
    shown = student_source(cell[0])
    assert "SOLUTION" not in shown
    assert student_source(shown) == shown


@given(st.lists(st.sampled_from(["### BEGIN SOLUTION", "### END SOLUTION", "x = 1"]), max_size=8))
def test_marks_are_accepted_only_in_pairs(lines):
    marks = [line for line in lines if line != "x = 1"]
    paired = marks == ["### BEGIN SOLUTION", "### END SOLUTION"] * (len(marks) // 2)
    if paired:
        assert "SOLUTION" not in student_source("\n".join(lines))
    else:
        with pytest.raises(AuthoringError):
            student_source("\n".join(lines))


def test_a_region_in_a_function_leaves_code_that_python_takes():
    source = dedent("""\
        def gap(a, b):
            ### BEGIN SOLUTION
            return a - b
            ### END SOLUTION
        """)
    compile(student_source(source), "cell", "exec")


@pytest.mark.parametrize(
    "mark",
    ["## BEGIN SOLUTION", "### Begin solution", "### END_SOLUTION", "x = 1  ### BEGIN SOLUTION", "#BEGIN SOLUTION"],
)
def test_a_misspelt_mark_is_refused_rather_than_shown(mark):
    with pytest.raises(AuthoringError, match="almost a solution mark"):
        student_source(f"{mark}\nsecret = 1")


def test_a_line_is_given_away_also_as_a_comment_and_in_other_spacing():
    assert given_away(["    gap = women - men"], "# gap=women-men") == ["gap = women - men"]


def test_a_line_of_two_words_is_no_secret():
    assert given_away(["return gap", "else:", "    )"], "return gap\nelse:\n    )") == []
