"""The admin pages, through Django's test client."""
