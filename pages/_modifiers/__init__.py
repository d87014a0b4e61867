"""The parts of the page about modifiers and variance."""
