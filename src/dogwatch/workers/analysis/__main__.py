"""`python -m dogwatch.workers.analysis`: runs an analysis process; its spec is one JSON line on standard input."""

import sys

from dogwatch.workers.analysis.process import main

if __name__ == "__main__":
    sys.exit(main())
