"""One person over all spellings and scripts: how a name sounds, which names are one, and keys for their bearers."""
