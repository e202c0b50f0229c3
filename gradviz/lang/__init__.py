"""The formula language: text to graph and back."""
