"""Each test breaks one thing in a course that is all right, and finds it named."""

import json

import pytest

from lab_helpers.authoring import check, sync_catalogs

LESSON = "lessons/05_gap.py"
PROSE = "lessons/locale/pt-BR.po"
HELPERS = "lab_helpers/locale/pt_BR/LC_MESSAGES/lab_helpers.po"
COURSE = "course/pt-BR/05_gap.ipynb"
SOLUTION = "solutions/pt-BR/05_gap.ipynb"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def edit_cell(path, key, **changes):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    next(cell for cell in notebook["cells"] if cell["id"] == key).update(changes)
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def test_nothing_is_wrong_with_a_course_that_was_built(course):
    assert check(course) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('key="use-it"', 'key="your-turn"', "cell your-turn: another cell has the same key."),
        ('key="use-it" ', "", "cell 5: it has no key."),
        ('key="use-it"', 'key="Use it"', "cell Use it: its key is not kebab-case of 64 characters at most."),
        ('key="use-it"', f'key="{"a" * 65}"', f"cell {'a' * 65}: its key is not kebab-case of 64 characters at most."),
        ("raises-exception", "hard", "cell use-it: the tag 'hard' is unknown."),
        ("tags=[", "tag=[", "cell parameters: no code cell of this lesson has the tag parameters."),
        ("tags=[", "tag=[", "cell parameters: the metadata 'tag' would be lost: only key and tags are kept."),
        ('LOCALE = "en"', 'LOCALE = "fr"', 'cell parameters: a parameters cell holds exactly LOCALE = "en"'),
        ("raises-exception", "parameters", "cell use-it: a lesson has one parameters cell only."),
        ("### BEGIN", "## BEGIN", "cell compute-the-gap: The line '## BEGIN SOLUTION' is almost a solution mark."),
        ("### BEGIN SOLUTION", "", "cell compute-the-gap: A solution region ends that never began."),
        (
            "# ## Your turn",
            "# ### BEGIN SOLUTION\n# ### END SOLUTION",
            "cell your-turn: a solution region stands in prose, where every student would read it.",
        ),
        ("# %% [markdown] key", "# %% [raw] key", "cell title: it is neither prose nor code."),
        ("# ## Your turn", "", "cell your-turn: it is empty."),
        ("# ## Your turn", "# a\n" * 26, "cell your-turn: it has 26 lines, 25 at most."),
        ("print(LOCALE)", "x = 1\n" * 14 + "x = 1", "cell use-it: it has 16 lines, 15 at most."),
        ("# ## Your turn", "# ### Your turn", "cell your-turn: a heading of level 3 follows one of level 1."),
        (
            "# ## Your turn",
            "# # Your turn",
            "cell your-turn: a heading of level 1 is the lesson's title, and the lesson has one.",
        ),
        (
            "# # The `gap`",
            "# The `gap`",
            "cell title: the first cell must open with the lesson's title, a heading of level 1.",
        ),
        ("# ## Your turn", "# ![](gap.png)", "cell your-turn: the image 'gap.png' has no alt text."),
        ("# ## Your turn", '# <img src="gap.png">', "cell your-turn: the image 'gap.png' has no alt text."),
    ],
)
def test_a_lesson_that_breaks_a_rule_is_named_with_its_cell(course, old, new, problem):
    edit(course / LESSON, old, new)
    assert f"{LESSON}, {problem}" in check(course)


def test_a_heading_sign_in_code_is_no_heading(course):
    edit(course / LESSON, "# ## Your turn", "# ## Your turn\n#\n# ```\n# # a comment\n# ```")
    assert not [problem for problem in check(course) if "heading" in problem]


def test_fifteen_lines_of_code_may_have_solution_marks_besides(course):
    edit(course / LESSON, "    return difference", "    #\n" * 12 + "    return difference")
    assert not [problem for problem in check(course) if "at most" in problem]


def test_a_lessons_name_has_its_number(course):
    (course / LESSON).rename(course / "lessons/gap.py")
    assert "lessons/gap.py: a lesson is named NN_slug.py, in small letters." in check(course)


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (PROSE, 'msgstr "## Sua vez"', 'msgstr ""', f"{PROSE}, cell 05_gap your-turn: its translation is missing."),
        (
            PROSE,
            'msgid "## Your turn"',
            '#, fuzzy\nmsgid "## Your turn"',
            f"{PROSE}, cell 05_gap your-turn: its translation is fuzzy: review it and remove the mark.",
        ),
        (
            PROSE,
            'msgid "## Your turn"',
            'msgid "99999"\nmsgstr "88888"\n\nmsgid "## Your turn"',
            f"{PROSE}: '99999' is obsolete: delete it once its words are of no more use.",
        ),
        (
            PROSE,
            'msgstr "## Sua vez"',
            'msgstr "### Sua vez"',
            f"{PROSE}, cell 05_gap your-turn: its headings have other levels than the source's.",
        ),
        (
            PROSE,
            'msgstr "## Sua vez"',
            'msgstr "## Sua vez ![](vez.png)"',
            f"{PROSE}, cell 05_gap your-turn: the image 'vez.png' has no alt text.",
        ),
        (
            PROSE,
            "#. 05_gap your-turn",
            "#. 05_gap elsewhere",
            f"{PROSE} is out of step with its sources: run `lab build`.",
        ),
        (
            HELPERS,
            'msgstr "Apenas {n} respostas."',
            'msgstr ""',
            f"{HELPERS}: 'Only {{n}} answers.': its translation is missing.",
        ),
        (
            HELPERS,
            "Apenas {n}",
            "Apenas {total}",
            f"{HELPERS}: 'Only {{n}} answers.': its translation has other {{...}}.",
        ),
        (
            HELPERS,
            "Apenas",
            "Somente",
            f"{HELPERS.removesuffix('.po')}.mo is out of step with its catalog: run `lab build`.",
        ),
    ],
)
def test_a_catalog_entry_that_is_not_ready_is_named(course, file, old, new, problem):
    edit(course / file, old, new)
    assert problem in check(course)


def test_a_catalog_that_cannot_be_read_is_named(course):
    (course / PROSE).write_text('msgid "open\n')
    (problem,) = check(course)
    assert problem.startswith("pt-BR.po is not a catalog of gettext")


def test_a_lesson_changed_without_a_rebuild_is_found_in_every_notebook(course):
    edit(course / LESSON, "print(LOCALE)", "print(LOCALE.upper())")
    stale = "cell use-it: it is not what its lesson builds: run `lab build`."
    assert check(course) == [
        f"{kind}/{locale}/05_gap.ipynb, {stale}" for locale in ("en", "pt-BR") for kind in ("course", "solutions")
    ]


def test_a_translation_changed_without_a_rebuild_is_found(course):
    edit(course / PROSE, "Sua vez", "É a sua vez")
    sync_catalogs(course)
    assert f"{COURSE}, cell your-turn: it is not what its lesson builds: run `lab build`." in check(course)


def test_a_students_notebook_with_outputs_is_not_what_its_lesson_builds(course):
    edit_cell(course / COURSE, "use-it", execution_count=1)
    assert check(course) == [f"{COURSE}, cell use-it: it is not what its lesson builds: run `lab build`."]


def test_a_notebook_written_in_another_way_is_found(course):
    notebook = json.loads((course / COURSE).read_text(encoding="utf-8"))
    (course / COURSE).write_text(json.dumps(notebook, indent=2), encoding="utf-8")
    assert check(course) == [f"{COURSE} is not what its lesson builds: run `lab build`."]


def test_outputs_and_counts_may_differ(course):
    edit_cell(course / SOLUTION, "use-it", outputs=[], execution_count=9)
    assert check(course) == []


def test_a_solution_never_executed_is_found(course):
    edit_cell(course / SOLUTION, "use-it", outputs=[], execution_count=None)
    assert check(course) == [f"{SOLUTION}, cell use-it: it was never executed: run `lab build`."]


@pytest.mark.parametrize(
    ("data", "image"),
    [
        ({"text/html": '<figure><img src="bias.png"></figure>'}, "bias.png"),
        ({"text/html": '<img src="bias.png" alt=" ">'}, "bias.png"),
        ({"image/png": "iVBORw0KGgo="}, "image/png"),
    ],
)
def test_an_image_in_an_output_needs_an_alt_text(course, data, image):
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    edit_cell(course / SOLUTION, "use-it", outputs=[output])
    assert f"{SOLUTION}, cell use-it: the image {image!r} has no alt text." in check(course)


def test_an_image_with_an_alt_text_is_all_right(course):
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/html": ['<img alt="Two bars" src="b.png">\n']},
    }
    edit_cell(course / SOLUTION, "use-it", outputs=[output])
    assert check(course) == []


def test_a_missing_notebook_is_found(course):
    (course / COURSE).unlink()
    assert check(course) == [f"{COURSE} is missing: run `lab build`."]


def test_a_broken_notebook_is_found(course):
    (course / SOLUTION).write_text("{")
    assert check(course) == [f"{SOLUTION} cannot be read as a notebook."]


@pytest.mark.parametrize("path", ["course/pt-BR/09_old.ipynb", "solutions/fr/05_gap.ipynb", "course/notes.ipynb"])
def test_a_stray_notebook_is_found(course, path):
    (course / path).parent.mkdir(exist_ok=True)
    (course / path).write_bytes((course / COURSE).read_bytes())
    assert check(course) == [f"{path} comes from no lesson: delete it or move it elsewhere."]


def test_jupyters_checkpoints_are_no_strays(course):
    copy = course / "course/pt-BR/.ipynb_checkpoints/05_gap-checkpoint.ipynb"
    copy.parent.mkdir()
    copy.write_bytes((course / COURSE).read_bytes())
    assert check(course) == []


def test_code_that_differs_between_locales_is_found(course):
    edit_cell(course / SOLUTION, "use-it", source=["print(LOCALE)\n", "gap(4, 1)"])
    assert f"{SOLUTION}, cell use-it: its code differs from that of the locale en." in check(course)


def test_a_solution_line_in_another_cell_of_the_lesson_is_a_leak(course):
    edit(course / LESSON, "gap(3, 1)", "women, men = 3, 1\n# difference = women-men\ngap(women, men)")
    assert f"{LESSON}, cell use-it: it gives away the line 'difference = women - men' of a solution." in check(course)


def test_a_solution_left_in_a_students_notebook_is_a_leak(course):
    edit_cell(course / COURSE, "compute-the-gap", source=["def gap(women, men):\n", "    difference = women - men"])
    leak = f"{COURSE}, cell compute-the-gap: it gives away the line 'difference = women - men' of a solution."
    assert leak in check(course)
