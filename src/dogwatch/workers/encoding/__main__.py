"""`python -m dogwatch.workers.encoding`: encodes one live output; its `EncodingSpec` is one JSON line on its input."""

import sys

from dogwatch.workers.encoding.process import main

if __name__ == "__main__":
    sys.exit(main())
