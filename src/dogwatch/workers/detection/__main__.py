"""`python -m dogwatch.workers.detection`: a detector process; its spec comes as one JSON line on standard input."""

import sys

from dogwatch.workers.detection.process import main

sys.exit(main())
