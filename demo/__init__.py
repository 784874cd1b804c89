"""The demo: an invented workshop with its notice and its customers."""
