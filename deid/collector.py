"""The garbage collector held off while texts are worked on.

Nothing made for a text points back at itself, and a round of the collector looks through all that is loaded: of a long
text's time they took a tenth, in jumps.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No rounds inside; afterwards as before."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
