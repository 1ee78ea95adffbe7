"""Set-up of a clone: virtual environment, locked packages, native build, system libraries.

Only the standard library may be imported here: this code runs before anything is installed.
"""
