"""Automated grading of deep-learning homework: reference oracles, a box for submissions, YAML rubrics."""

__all__ = ["__version__"]

__version__ = "0.1.0"
