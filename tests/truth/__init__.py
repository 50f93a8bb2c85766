"""Small statements whose truth is known: a verdict, its basis and its witness for each."""
