"""`python -m bench.tracks --set tuning --fps 5`."""

from bench.tracks.report import main

main()
