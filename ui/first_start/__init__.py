"""The first start: what this computer can run, where the model goes, and the first chat."""
