"""Training text that holds an evaluation item: how it is found, how well that works, and what is said about it."""
