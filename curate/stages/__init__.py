"""The stages, one a file: each a pure function over Arrow tables that does no I/O of its own and knows no engine."""
