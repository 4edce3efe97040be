"""Django's mail, in the background."""
