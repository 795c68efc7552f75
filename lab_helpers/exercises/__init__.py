"""Exercises: defined once, for the learner's own check and the instructor's grader."""

from lab_helpers.exercises.catalog import EXERCISES
from lab_helpers.exercises.checking import CheckFailed, check, find_exercise
from lab_helpers.exercises.exercise import Evidence, Exercise, Finding, Served, Values
from lab_helpers.exercises.hints import hint
from lab_helpers.exercises.journal import FILE_NAME, VARIABLE, note, noted, progress_file, reset_progress
from lab_helpers.exercises.judging import judged, probed
from lab_helpers.exercises.outcomes import Outcome, Status
from lab_helpers.exercises.progress import Progress, progress, read_progress
from lab_helpers.exercises.quiz_form import QuizForm, quiz
from lab_helpers.exercises.quizzes import QUIZZES, Choice, Quiz

__all__ = [
    "EXERCISES",
    "FILE_NAME",
    "QUIZZES",
    "VARIABLE",
    "CheckFailed",
    "Choice",
    "Evidence",
    "Exercise",
    "Finding",
    "Outcome",
    "Progress",
    "Quiz",
    "QuizForm",
    "Served",
    "Status",
    "Values",
    "check",
    "find_exercise",
    "hint",
    "judged",
    "note",
    "noted",
    "probed",
    "progress",
    "progress_file",
    "quiz",
    "read_progress",
    "reset_progress",
]
