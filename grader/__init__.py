"""Automated grading of deep-learning homework."""
