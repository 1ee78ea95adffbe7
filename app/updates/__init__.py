"""Looking for a newer Sotto: off until the user says yes, and it never installs anything."""
