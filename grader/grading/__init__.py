"""The stages between evidence and report: plan, judge, score. Pure."""
