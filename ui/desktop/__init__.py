"""What Sotto has to do with the desktop around it: other starts, notices, tray, keys, windows."""
