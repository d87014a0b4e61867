"""What `make bench` measures: speed and memory, as ratios of two things timed in one run."""
