"""The page of the evaluation lab and its plots."""
