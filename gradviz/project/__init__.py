"""The document: frozen project, commands, history, file format."""
