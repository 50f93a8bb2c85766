"""Methods, each once, written as in its paper; one file per family of methods."""
