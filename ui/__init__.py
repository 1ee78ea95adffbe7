"""Everything Qt.  Holds no facts of its own."""
