"""The public pages of a notice: what they show, what is kept of them, how versions differ."""
