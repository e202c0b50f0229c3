"""The panels around the graph."""
