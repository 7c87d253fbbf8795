"""`runner: jupyter`: cells run by a Jupyter kernel within the box. Only this folder needs nbclient, and ipykernel."""
