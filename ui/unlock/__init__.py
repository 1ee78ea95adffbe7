"""The questions about the passphrase that come before the window."""
