"""The doors between background threads and the UI thread."""
