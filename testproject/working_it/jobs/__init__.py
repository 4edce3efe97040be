"""The job classes of this app; `runjobs` finds them here."""
