"""Tables de-identified as tables: a role for each column, dates moved with the notes, groups of k."""
