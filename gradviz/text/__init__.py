"""All words and digits that people read."""
