"""Tables, data sets and their binding to leaves."""
