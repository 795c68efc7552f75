"""`quiz()`: one question with buttons to choose by, or typed; the answer comes for the choice that was made."""

from __future__ import annotations

from functools import cached_property
from html import escape
from typing import Any

from lab_helpers.errors import ExerciseError
from lab_helpers.exercises.journal import note
from lab_helpers.exercises.named import named
from lab_helpers.exercises.outcomes import Outcome, Status
from lab_helpers.exercises.quizzes import QUIZZES, Quiz
from lab_helpers.i18n import _, message
from lab_helpers.live import Live

# ipywidgets gives each choice the height of one line.
_WRAPPED = (
    "<style>.lab-quiz .widget-radio-box label{display:flex;align-items:baseline;height:auto;max-width:70ch;"
    "line-height:1.4;white-space:normal;margin-bottom:.4em}"
    ".lab-quiz .widget-radio-box input{flex:none;order:-1;margin-right:.5em}"
    ".lab-quiz .widget-radio,.lab-quiz .widget-radio-box{width:auto;height:auto;overflow:visible}</style>"
)


class QuizForm(Live):
    """A question to answer. Neither form nor page holds which choice is right: the kernel is asked for each."""

    def __init__(self, quiz: Quiz) -> None:
        self._quiz = quiz
        self._lines = {letter: f"{letter}) {choice.text}" for letter, choice in quiz.by_letter().items()}

    @cached_property
    def box(self) -> Any:
        """The question, the choices, a button to check and the place of the answer."""
        import ipywidgets as widgets

        question = widgets.HTML(f"{_WRAPPED}<p><strong>{escape(str(self._quiz.question))}</strong></p>")
        options = [(line, letter) for letter, line in self._lines.items()]
        choices = widgets.RadioButtons(options=options, value=None, layout=widgets.Layout(width="auto"))
        button = widgets.Button(description=_("Check"), tooltip=_("Check the choice"))
        said = widgets.HTML()

        def tell(_button: object) -> None:
            said.value = (
                answered(self._quiz, choices.value)._repr_html_()
                if choices.value
                else f'<p role="status">{escape(_("Choose an answer first."))}</p>'
            )

        button.on_click(tell)
        box = widgets.VBox([question, choices, button, said])
        box.add_class("lab-quiz")
        return box

    def __repr__(self) -> str:
        return "\n".join([str(self._quiz.question), *self._lines.values(), f"→ {self._how_to_answer()}"])

    def _repr_html_(self) -> str:
        choices = "".join(f"<div>{escape(line)}</div>" for line in self._lines.values())
        return (
            f"<div><p><strong>{escape(str(self._quiz.question))}</strong></p>{choices}"
            f"<p>→ {escape(self._how_to_answer())}</p></div>"
        )

    def _how_to_answer(self) -> str:
        return _("Answer in a cell with your letter: {call}").format(call=f'quiz("{self._quiz.key}", "…")')


def quiz(key: str, answer: str | None = None) -> QuizForm | Outcome:
    """The quiz `key` to answer by buttons; or, with `answer`, the letter of a choice, what is to be said to it.

    Outcomes are noted in the learner's progress file, and go nowhere else. Raises ExerciseError for an unknown key
    or letter.
    """
    asked = named(key, QUIZZES, message("There is no quiz {key!r}."))
    return QuizForm(asked) if answer is None else answered(asked, answer)


def answered(asked: Quiz, answer: str) -> Outcome:
    """What is to be said to the choice of that letter, noted as progress. Raises ExerciseError for any other letter."""
    choices = asked.by_letter()
    letter = answer.strip().rstrip(")").lower() if isinstance(answer, str) else ""
    if letter not in choices:
        raise ExerciseError(
            _("The quiz {key!r} has no choice {answer!r}.").format(key=asked.key, answer=answer),
            _("Give one of the letters: {letters}").format(letters=", ".join(choices)),
        )
    chosen = choices[letter]
    status = Status.CORRECT if letter == asked.right else Status.NOT_YET
    note("quiz", asked.key, status)
    return Outcome(asked.key, status, chosen.text, 0, because=chosen.feedback)
