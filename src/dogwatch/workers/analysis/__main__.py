"""`python -m dogwatch.workers.analysis`: run one vision process; its spec comes on standard input."""

import sys

from dogwatch.workers.analysis.process import main

if __name__ == "__main__":
    sys.exit(main())
