"""The nouns of the house: the shape of every table, file and record. No behaviour, no I/O, no imports from other
rooms."""
