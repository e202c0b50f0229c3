"""Pictures of graphs, one file a format."""
