"""The quizzes as data: whatever is asked, each choice is answered, and the right one does not show."""

import pytest

from lab_helpers.exercises import EXERCISES, QUIZZES

EVERY_QUIZ = pytest.mark.parametrize("quiz", QUIZZES.values(), ids=list(QUIZZES))


@EVERY_QUIZ
def test_the_right_choice_is_one_of_at_least_three(quiz):
    assert len(quiz.choices) >= 3
    assert quiz.right in quiz.by_letter()


@EVERY_QUIZ
def test_each_choice_has_an_answer_of_its_own(quiz):
    assert len({str(choice.feedback) for choice in quiz.choices}) == len(quiz.choices)


@EVERY_QUIZ
def test_only_the_right_choice_is_told_yes(quiz):
    told_yes = [letter for letter, choice in quiz.by_letter().items() if str(choice.feedback).startswith("Yes")]
    assert told_yes == [quiz.right]


def test_there_is_one_for_each_lesson_with_exercises():
    assert {quiz.lesson for quiz in QUIZZES.values()} >= {"04", "05", "06", "07"}


def test_no_quiz_has_the_key_of_an_exercise():
    assert not set(QUIZZES) & set(EXERCISES)


def test_the_right_letters_follow_no_pattern_of_one():
    assert len({quiz.right for quiz in QUIZZES.values()}) > 1
