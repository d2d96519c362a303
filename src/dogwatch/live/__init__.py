"""What is seen now: the newest pictures, live streams, and what is drawn on pictures."""
