"""The process that speaks to Ray: takes lists of tasks from a pipe, runs them through Ray Data, sends outcomes back.

What is set, and why:

    usage statistics, dashboard, progress bars         off: nothing is told to anybody
    Ray's folder, sockets and logs; stdout and stderr  in `folder`, within the workspace; never an exception of a task,
                                                       which comes back as an outcome and may name a file
    objects (tasks and outcomes)                       in shared memory; never on disk, as a task may hold an opened
                                                       key: Ray's spilling is off, and lists are cut so that it all fits
    tries of a task whose worker or node dies          ATTEMPTS, as on the local engine; Ray Data's own number is
                                                       without end
"""

import contextlib
import fcntl
import hashlib
import os
import pickle
import secrets
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Final

from curate.engine.task import ATTEMPTS, KILLED, WORKER_ENVIRONMENT, Task, resident_bytes
from deid.disk import writing_to
from deid.orphan import end_with_parent
from schemas.failure import Failure

STORE_BYTES: Final = 256 * 2**20
"""Ray's shared memory on one machine."""

TASKS_AT_ONCE: Final = 8_192
"""Tasks given to Ray in one go: at under 5 kB each at most a sixth of STORE_BYTES."""

OUTCOME_BYTES: Final = 2**20
"""What Ray Data is told to expect of one task; it holds back tasks whose results it fears not to fit."""

ENVIRONMENT: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_task_oom_retries": str(ATTEMPTS - 1),  # without it, work that needs too much memory is tried without end
}


@dataclass(frozen=True)
class Outcome:
    """How one task went: its place in the list, its worker's largest resident set in bytes, what it raised."""

    number: int
    resident: int
    error: BaseException | None = None


def drive(pipe: Connection, folder: Path, workers: int | None, address: str | None) -> None:
    """Tell over `pipe` how many tasks run at once, or why none can; then give an outcome for each task of each list.

    Ends when the other end is closed or its process has died; the Ray that it started ends with it.
    """
    end_with_parent()
    with (folder / "driver.log").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.update(ENVIRONMENT)
    import ray

    try:
        at_once = _connect(folder, workers, address)
    except Failure as failure:
        pipe.send(failure)
        return
    pipe.send(at_once)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            tasks: Sequence[Task] = pipe.recv()
            for outcome in _outcomes(tasks, folder, at_once):
                pipe.send(outcome)
                if outcome.error is not None:
                    break
    ray.shutdown()


def _connect(folder: Path, workers: int | None, address: str | None) -> int:
    """Join the cluster at `address`, or start Ray on this machine; gives the number of tasks at once."""
    import ray

    quiet: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}
    try:
        if address is not None:
            _reach(address)
            ray.init(address, runtime_env={"env_vars": WORKER_ENVIRONMENT}, **quiet)
        else:
            os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)  # else Ray leaves one in the user's home
            spill = _short(folder) / "spill"
            spill.mkdir(exist_ok=True)
            ray.init(
                "local",
                num_cpus=workers or os.cpu_count(),
                num_gpus=0,
                include_dashboard=False,
                object_store_memory=STORE_BYTES,
                object_spilling_directory=str(spill),
                _temp_dir=str(_short(folder)),
                _system_config={"automatic_object_spilling_enabled": False},
                **quiet,
            )
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        where = f"the cluster at {address} cannot be joined" if address else "Ray does not start on this machine"
        raise Failure(
            f"engine: ray: {where} ({type(error).__name__}); see docs/scale.md, or use engine: local"
        ) from error
    resources: dict[str, float] = ray.cluster_resources()
    cores = int(resources.get("CPU", 1))
    return min(workers or cores, cores)


def _reach(address: str) -> None:
    """Raises OSError where nobody listens; Ray itself would go on trying."""
    host, _, port = address.rpartition(":")
    socket.create_connection((host, int(port)), timeout=10).close()


def _short(folder: Path) -> Path:
    """A short name of `folder`: the path of a socket may have 107 bytes only, and Ray adds 65."""
    if not Path("/proc/self/fd").is_dir():
        return folder
    return Path(f"/proc/{os.getpid()}/fd/{_opened(folder)}")


@cache
def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)


def _outcomes(tasks: Sequence[Task], folder: Path, at_once: int) -> Iterator[Outcome]:
    import ray
    from ray.data import DataContext, TaskPoolStrategy

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.execution_no_progress_timeout_s = -1  # a task may take as long as it takes
    context.target_max_block_size = OUTCOME_BYTES
    context.op_resource_reservation_enabled = False  # else it keeps a core of two free for what comes after
    attempt = Attempt(folder, Path.cwd(), installed())
    try:
        for first in range(0, len(tasks), TASKS_AT_ONCE):
            some = tasks[first : first + TASKS_AT_ONCE]
            items = [{"number": first + at, "task": pickle.dumps(task)} for at, task in enumerate(some)]
            outcomes = ray.data.from_items(items, override_num_blocks=len(items)).map(
                attempt,
                # two tasks a worker under way, as on the local engine
                compute=TaskPoolStrategy(size=2 * at_once),
                num_cpus=1,
                ray_remote_args_fn=_remote_arguments,
            )
            for row in outcomes.iter_rows():
                yield Outcome(row["number"], row["resident"], pickle.loads(row["error"]))  # noqa: S301 - our own
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError, ray.exceptions.NodeDiedError):
        yield Outcome(0, 0, Failure(KILLED))


def _remote_arguments() -> dict[str, Any]:
    return {"max_retries": ATTEMPTS - 1}


@cache
def installed() -> str:
    """What decides the bytes that a task writes, as installed where this runs: code and versions of libraries."""
    from importlib.metadata import version

    from curate.code import code_digest
    from curate.plan import LIBRARIES

    return ",".join((code_digest(), *(f"{library}={version(library)}" for library in LIBRARIES)))


@dataclass(frozen=True)
class Attempt:
    """What a Ray worker does with one row: the task in it, unless another process has done it."""

    folder: Path
    cwd: Path
    installed: str

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Give the row of the outcome; what a task raises is in it, so that Ray's logs never see it."""
        error: BaseException | None = None
        try:
            self._work(pickle.loads(row["task"]))  # noqa: S301 - from our own driver
        except Exception as raised:
            error = raised
        return {"number": row["number"], "resident": resident_bytes(), "error": _pickled(error)}

    def _work(self, task: Task) -> None:
        if not self.folder.is_dir():
            raise Failure(f"{self.folder}: a node of the cluster does not see this folder; share the workspace")
        if installed() != self.installed:
            raise Failure("a node of the cluster has other code or other versions of libraries; install the same")
        os.chdir(self.cwd)  # paths of tasks may be relative
        with _held(self.folder / "locks" / hashlib.sha256(os.fsencode(task.marker)).hexdigest()[:16]):
            if not task.marker.exists():
                with writing_to(task.marker.parent, Path(gettempdir())):
                    task()


@contextlib.contextmanager
def _held(lock: Path) -> Iterator[None]:
    """Keep two processes from one task: Ray may give it to a second while the first, on a lost node, still writes."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _pickled(error: BaseException | None) -> bytes:
    try:
        data = pickle.dumps(error)
        pickle.loads(data)  # noqa: S301 - as above; some exceptions cannot be read back
    except Exception:
        return pickle.dumps(Failure(f"a task failed with {type(error).__name__}; run it again with engine: local"))
    return data
