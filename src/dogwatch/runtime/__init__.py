"""The composition root: what a running Dogwatch is made of, and who watches whom."""
