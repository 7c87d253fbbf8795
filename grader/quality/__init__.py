"""Is the rubric any good: the reference gets all, an empty submission none, and mutants of the reference lose points."""
