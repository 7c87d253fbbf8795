"""The review page: what only a human can judge, question by question over a class. Started by `grader review`."""
