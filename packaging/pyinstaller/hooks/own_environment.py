"""Runs first in a frozen app: what it starts sees the user's environment, not the app's.

PyInstaller's starter points the loader to the libraries of the app.  Programs of the system, such
as a browser that is opened, would load them instead of their own.
https://pyinstaller.org/en/stable/runtime-information.html#ld-library-path-libpath-considerations
"""

import os

for _name in ("LD_LIBRARY_PATH", "LIBPATH"):
    _before = os.environ.pop(f"{_name}_ORIG", None)
    if _before is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _before
