"""Grading: submissions in, scores out; what a submission runs stays in a sandbox, and the verdict outside it.

Each name loads its module when it is first used: every process of the sandbox passes this door, and needs none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab_helpers.doors import opened_when_used

if TYPE_CHECKING:
    from lab_helpers.grading.audit import verify_audit
    from lab_helpers.grading.batch import (
        AUDIT,
        Assignment,
        Progress,
        assignments,
        grade_batch,
        imported_assignment,
        take_in_class,
    )
    from lab_helpers.grading.foreign_assignment import ForeignAssignment
    from lab_helpers.grading.gradebook import Format
    from lab_helpers.grading.nbgrader_import import import_nbgrader
    from lab_helpers.grading.private import PrivateSet, new_private, read_private
    from lab_helpers.grading.renewal import CLASS_PAGE, GRADEBOOK
    from lab_helpers.grading.reports import write_reports
    from lab_helpers.grading.review_app import serve_review
    from lab_helpers.grading.store import Decision, Store

__all__ = [
    "AUDIT",
    "CLASS_PAGE",
    "GRADEBOOK",
    "Assignment",
    "Decision",
    "ForeignAssignment",
    "Format",
    "PrivateSet",
    "Progress",
    "Store",
    "assignments",
    "grade_batch",
    "import_nbgrader",
    "imported_assignment",
    "new_private",
    "read_private",
    "serve_review",
    "take_in_class",
    "verify_audit",
    "write_reports",
]

_HOMES = {
    "AUDIT": "batch",
    "CLASS_PAGE": "renewal",
    "GRADEBOOK": "renewal",
    "Assignment": "batch",
    "Decision": "store",
    "ForeignAssignment": "foreign_assignment",
    "Format": "gradebook",
    "PrivateSet": "private",
    "Progress": "batch",
    "Store": "store",
    "assignments": "batch",
    "grade_batch": "batch",
    "import_nbgrader": "nbgrader_import",
    "imported_assignment": "batch",
    "new_private": "private",
    "read_private": "private",
    "serve_review": "review_app",
    "take_in_class": "batch",
    "verify_audit": "audit",
    "write_reports": "reports",
}

__getattr__ = opened_when_used(__name__, _HOMES)
