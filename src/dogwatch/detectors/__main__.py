"""`python -m dogwatch.detectors`: a detector process; its spec comes as one JSON line on standard input."""

import sys

from dogwatch.detectors.process import main

sys.exit(main())
