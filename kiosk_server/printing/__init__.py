"""Printing (打印): what is put on paper, the jobs that put it there, and how each ends."""
