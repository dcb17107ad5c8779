"""Word lists and facts that the synthetic demo is composed from, written for this repository."""
