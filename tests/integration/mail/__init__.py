"""Mail that is really delivered, to a mail server of the test."""
