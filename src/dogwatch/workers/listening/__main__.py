"""`python -m dogwatch.workers.listening`: tells sounds apart; its spec is one JSON line on standard input."""

import sys

from dogwatch.workers.listening.process import main

if __name__ == "__main__":
    sys.exit(main())
