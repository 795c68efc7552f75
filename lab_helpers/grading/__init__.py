"""Grading: submissions in, scores out; what a submission runs stays in a sandbox, and the verdict outside it."""

from lab_helpers.grading.audit import verify_audit
from lab_helpers.grading.batch import AUDIT, Assignment, Progress, assignments, grade_batch, take_in_class
from lab_helpers.grading.gradebook import Format
from lab_helpers.grading.private import PrivateSet, new_private, read_private
from lab_helpers.grading.reports import CLASS_PAGE, GRADEBOOK, write_reports
from lab_helpers.grading.store import Decision, Store

__all__ = [
    "AUDIT",
    "CLASS_PAGE",
    "GRADEBOOK",
    "Assignment",
    "Decision",
    "Format",
    "PrivateSet",
    "Progress",
    "Store",
    "assignments",
    "grade_batch",
    "new_private",
    "read_private",
    "take_in_class",
    "verify_audit",
    "write_reports",
]
