"""The sections of the live page, in the order of the screen."""
