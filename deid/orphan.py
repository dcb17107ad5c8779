"""A worker process ends when the process that it works for is gone: nobody else would end it, and it may hold a key.

Works wherever multiprocessing does: a child holds one end of a pipe whose other end only its parent has, and the
kernel closes that when the parent dies, by whatever signal.
"""

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """End this process as SIGKILL would, as soon as its parent has ended. Does nothing in a process without one.

    Its work is lost, as with any kill, and done again by the next run.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
