"""What is going on in one window, without Qt."""
