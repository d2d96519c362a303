"""A worker whose configuration can never work."""

import sys

if __name__ == "__main__":
    sys.stderr.write("ERROR unusable: no such model\n")
    sys.exit(2)
