"""The page on which the published model card stands beside the loaded file."""
