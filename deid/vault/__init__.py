"""The vault: the pseudonym key, locked or plain, and what leads from a surrogate back to its original."""
