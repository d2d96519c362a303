"""The process that answers the analysis processes: one detector, asked in batches."""
