"""The frame of every page and every answer: guards, problems, security, words, assets."""
