"""Runs jobs, work that takes a while: one table, one runner, and a kind for each sort of work.

`kinds` has the protocol of a kind; `runner` queues, runs, cancels and recovers jobs of all kinds. The code that does
the work registers its kind with the runner.
"""
