"""Work that takes a while: one table, one runner, and a kind for each sort of work.

`kinds` says what a kind is; `runner` queues, runs, cancels and recovers jobs of all kinds. Whoever does the work
registers a kind with the runner.
"""
