"""The readers: real files to Documents, one file of this room a format. They stream, and a broken record never stops them."""
