"""The lab's resources in Azure: each step of the portal verified from the notebook, live or in practice."""

from lab_helpers.azure.compute import verify_cluster, verify_libraries
from lab_helpers.azure.service import verify_clean_up, verify_deployment, verify_resource
from lab_helpers.azure.verified import Verified

__all__ = [
    "Verified",
    "verify_clean_up",
    "verify_cluster",
    "verify_deployment",
    "verify_libraries",
    "verify_resource",
]
