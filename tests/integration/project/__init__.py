"""A project of one app, whose jobs write down when they begin and end."""
