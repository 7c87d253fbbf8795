"""The same story mapped over many submissions: sandboxes on this machine or on a Dask cluster, and forks that judge."""

from grader.cluster.forks import default_jobs, in_processes
from grader.cluster.workers import Done, Workers

__all__ = ["Done", "Workers", "default_jobs", "in_processes"]
