"""Graphs, differentiation and stepping: numpy only."""
