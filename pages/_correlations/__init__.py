"""The parts of the correlation page."""
