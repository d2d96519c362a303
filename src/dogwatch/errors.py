"""The exception tree.

Workers raise these, supervisors decide what happens next. Every message is fit for a user: it names the
thing, says what was expected, and carries no credentials.
"""


class DogwatchError(Exception):
    """The root of everything that Dogwatch raises on purpose.

    `status` is what an API answers when it is asked for what raises this, as a status of HTTP.
    """

    status: int = 500


class ConfigError(DogwatchError):
    """The configuration file is wrong at a known place."""

    status = 400

    def __init__(
        self,
        message: str,
        *,
        path: str = "",
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        """Remember the place.

        Args:
            message: What is wrong and what was expected.
            path: Dotted key, `cameras.front.detect.fps`.
            line: 1-based line in the file, if known.
            column: 1-based column in the file, if known.
            hint: A suggestion such as `did you mean 'inputs'?`.
        """
        super().__init__(message)
        self.message, self.path, self.line, self.column, self.hint = message, path, line, column, hint


class MediaError(DogwatchError):
    """A stream or a file cannot be read, written or understood."""


class SourceError(MediaError):
    """A camera's stream cannot be opened or has broken off."""


class RecordingError(MediaError):
    """A segment cannot be written."""


class DiskGoneError(RecordingError):
    """A disk that is written to is not there, or is another one than before."""

    status = 503


class NoFootageError(DogwatchError):
    """Nothing was recorded in the range asked for."""

    status = 404


class RingError(DogwatchError):
    """The frame ring cannot be made, is too small, or has gone."""


class DetectorError(DogwatchError):
    """A detector cannot be loaded or has failed."""


class StoreError(DogwatchError):
    """The database cannot be opened, migrated or written."""

    status = 503


class StoreFullError(StoreError):
    """There is no room left for what the database is to hold."""

    status = 507


class StoreDamagedError(StoreError):
    """What the database's file holds makes no sense."""


class NotFoundError(DogwatchError):
    """The row or file that was asked for does not exist."""

    status = 404


class RefusedError(DogwatchError):
    """What is asked for makes no sense: a value, a range or a name is wrong."""

    status = 400


class ConflictError(DogwatchError):
    """The request contradicts the present state."""

    status = 409


class AuthError(DogwatchError):
    """Who is asking could not be established."""

    status = 401


class ForbiddenError(DogwatchError):
    """Who is asking may not do this."""

    status = 403


def unexpected(error: BaseException) -> bool:
    """Whether a traceback says more than the message: the error was not raised on purpose and is not the disk's."""
    return not isinstance(error, DogwatchError | OSError)
