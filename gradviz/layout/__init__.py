"""Placing graphs on a plane with Graphviz."""
