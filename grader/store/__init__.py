"""The run folder: evidence by digest, reports, and the gradebook database."""
