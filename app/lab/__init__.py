"""Small evaluations of the loaded model, run on this machine (docs/LAB.md)."""
