"""The evidence: log, proofs, keys, certificates, reports. Knows digests and counts, never a document's text."""
