"""Files in: rubrics, submissions, notebooks, documents. Nothing here runs what it reads."""
