"""What the program measures of itself: figures of cameras and detectors, of the machine, and Prometheus metrics."""
