"""An array program as text: runnable NumPy that a reader recognises. `source.py` is the way in."""
