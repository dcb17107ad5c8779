"""Finding and replacing identifiers in text; measuring how well."""
