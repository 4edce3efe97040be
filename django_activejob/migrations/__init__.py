"""The migrations of the tables of the database adapter."""
