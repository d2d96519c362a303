"""A worker that ignores SIGTERM and its parent's death."""

import signal
import threading

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Event().wait()
