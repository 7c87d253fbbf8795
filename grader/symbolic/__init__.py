"""Derivations: read the mathematics students write, decide equality, find the first wrong step."""
