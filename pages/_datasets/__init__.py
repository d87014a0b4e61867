"""The sections of the data set page that fill a file of their own."""
