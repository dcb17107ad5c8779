"""The recognizers: one family of identifiers a file."""
