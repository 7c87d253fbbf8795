"""The words of the toolkit: rubric, submission, probe, evidence, verdict, score, report. Pure data, no behaviour of its own."""
