"""The prompt library beside the composer: choosing one, filling in its blanks, writing one."""
