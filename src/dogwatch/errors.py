"""The exception tree.

Workers raise these, supervisors decide what happens next. Every message is fit for a user: it names the
thing, says what was expected, and carries no credentials.
"""


class DogwatchError(Exception):
    """The base of all errors that Dogwatch raises.

    `status` is the HTTP status with which an API answers a request that raises this.
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
        """Store the place.

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
    """A camera's stream cannot be opened, or has ended."""


class RecordingError(MediaError):
    """A segment cannot be written."""


class DiskGoneError(RecordingError):
    """The disk of a directory is missing, or is another one than before."""

    status = 503


class NoFootageError(DogwatchError):
    """Nothing was recorded in the requested range."""

    status = 404


class RingError(DogwatchError):
    """The frame ring cannot be made, is too small, or has gone."""


class LineError(DogwatchError):
    """A line of the GPIO header cannot be opened, read or driven."""

    status = 503


class LineBusyError(LineError):
    """Somebody else has the line."""

    status = 409


class NoChipError(LineError):
    """There are no lines, or no library for them."""


class BrokerError(DogwatchError):
    """The MQTT broker cannot be reached, refuses the login, or has closed the connection."""

    status = 503


class BrokerRefusedError(BrokerError):
    """The MQTT broker refuses the login; to ask again soon would not help."""


class DetectorError(DogwatchError):
    """A detector cannot be loaded or has failed."""


class StoreError(DogwatchError):
    """The database cannot be opened, migrated or written."""

    status = 503


class StoreFullError(StoreError):
    """There is no disk space left for the database."""

    status = 507


class StoreDamagedError(StoreError):
    """The database's file is damaged."""


class StoreLockedError(StoreError):
    """Another program has locked the database."""


class StoreAwayError(StoreError):
    """The database's server does not answer; `detail` is what its driver says, for the log alone."""

    def __init__(self, message: str, detail: str = "") -> None:
        """Store what is said."""
        super().__init__(message)
        self.detail = detail


class StoreTakenError(StoreAwayError):
    """Another program uses the database."""


class NotFoundError(DogwatchError):
    """The requested row or file does not exist."""

    status = 404


class RefusedError(DogwatchError):
    """What is asked for makes no sense: a value, a range or a name is wrong."""

    status = 400


class ConflictError(DogwatchError):
    """The request contradicts the present state."""

    status = 409


class AuthError(DogwatchError):
    """The caller could not be identified."""

    status = 401


class ForbiddenError(DogwatchError):
    """The caller may not do this."""

    status = 403


class CodedError(DogwatchError):
    """A request that is refused; `code` names the reason to programs, `details` go into the answer."""

    def __init__(self, status: int, code: str, text: str, *, retry_s: int = 0, **details: object) -> None:
        """Refuse with `status`, such as `EdgeError(400, "bad_field", "gpio is 0 to 27", field="gpio")`.

        `retry_s` tells after how many seconds it is worth another try.
        """
        super().__init__(text)
        self.status, self.code, self.retry_s, self.details = status, code, retry_s, details


class EdgeError(CodedError):
    """A request to the edge API that is refused."""


class FileError(CodedError):
    """A request about video files that is refused."""


def unexpected(error: BaseException) -> bool:
    """Whether a traceback is useful: the error is not one of Dogwatch's own, and no disk error."""
    return not isinstance(error, DogwatchError | OSError)
