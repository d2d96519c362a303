"""A core that is played by a test: hands on what the supervisor says, and says what the test wants.

Arguments: the path of the test's socket, and the descriptor of the link. A line `exit STATUS` from the test ends it.
"""

import os
import selectors
import signal
import socket
import sys

if __name__ == "__main__":
    test = socket.socket(socket.AF_UNIX)
    test.connect(sys.argv[1])
    test.sendall(f'{{"tell": "pid", "pid": {os.getpid()}}}\n'.encode())
    link = socket.socket(fileno=int(sys.argv[2]))
    signal.signal(signal.SIGINT, lambda *_: test.sendall(b'{"tell": "SIGINT"}\n'))
    signal.signal(signal.SIGHUP, lambda *_: test.sendall(b'{"tell": "SIGHUP"}\n'))
    with selectors.DefaultSelector() as selector:
        selector.register(test, selectors.EVENT_READ, link)
        selector.register(link, selectors.EVENT_READ, test)
        while True:
            for key, _ in selector.select():
                data: bytes = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                if not data:
                    sys.exit(0)
                said, found, last = data.partition(b"exit ") if key.fileobj == test else (data, b"", b"")
                key.data.sendall(said)
                if found:
                    sys.exit(int(last))
