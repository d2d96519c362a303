"""`python -m dogwatch.workers.detection`: runs a detection process; its spec is one JSON line on standard input."""

import sys

from dogwatch.workers.detection.process import main

if __name__ == "__main__":
    sys.exit(main())
