"""Check kinds: one a file."""
