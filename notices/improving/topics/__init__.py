"""The matters of a notice, each with its questions."""
