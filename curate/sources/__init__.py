"""The readers: real files to Documents, one format a file. They stream, and a broken record never stops them."""
