"""Every exercise of the course, lesson by lesson."""

from lab_helpers.exercises.catalog import lesson_04, lesson_05, lesson_06, lesson_07, lesson_08
from lab_helpers.exercises.exercise import by_key

EXERCISES = by_key(
    [
        *lesson_04.EXERCISES,
        *lesson_05.EXERCISES,
        *lesson_06.EXERCISES,
        *lesson_07.EXERCISES,
        *lesson_08.EXERCISES,
    ]
)
