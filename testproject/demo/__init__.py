"""The demo: a web server and `runjobs`, on a SQLite file."""
