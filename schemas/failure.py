"""What a command says when it cannot go on: one line that names the file, the record and the remedy, and an exit code.

Never quotes a value from the data: an error message is not inside the data.
"""


class Failure(Exception):
    """A user's mistake or a broken input. The front door prints it as one line; exit code 1."""

    exit_code = 1


class Refusal(Failure):
    """The evidence does not hold (signature, digest, key, purpose, policy): nothing is done. Exit code 3."""

    exit_code = 3


class Missing(Failure):
    """An extra that is not installed; the message says which command installs it. Exit code 4."""

    exit_code = 4
