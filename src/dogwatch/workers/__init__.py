"""The worker processes: `ingest`, one a camera; `analysis`, some cameras each; `detection`, one a detector."""
