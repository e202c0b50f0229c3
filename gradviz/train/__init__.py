"""Gradient descent, learning rates and loss surfaces."""
