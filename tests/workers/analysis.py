"""Another kind of worker that is forked from the template."""

from tests.workers.ingest import main

if __name__ == "__main__":
    main()
