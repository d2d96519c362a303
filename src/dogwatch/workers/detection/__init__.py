"""The detection process: runs one detector, in batches, for all analysis processes."""
