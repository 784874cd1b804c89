"""Writing a notice step by step: what each step asks, and what the answers promise."""
