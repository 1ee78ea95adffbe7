"""A closed box for code nobody has read: no network, few files, few resources.

`Sandbox.launch` says how to start a module of Sotto's in it.  The modules that run inside import
nothing but the standard library before the box is closed.
"""
