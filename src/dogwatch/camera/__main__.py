"""`python -m dogwatch.camera`: run one vision process; its spec comes on standard input."""

import sys

from dogwatch.camera.process import main

if __name__ == "__main__":
    sys.exit(main())
