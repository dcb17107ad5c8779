"""Documents that say the same: groups, verdicts, and which of them stays."""
