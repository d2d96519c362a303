"""`python -m dogwatch` does as `dogwatch`."""

from dogwatch.cli import main

main()
