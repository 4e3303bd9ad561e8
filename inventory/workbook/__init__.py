"""The workbooks that people fill in and send back: read, written, checked."""
