"""The parts of the page about the modality gap."""
