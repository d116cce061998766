"""The tasks of `tasks.py`, one module each."""
