"""An app with the job that is measured."""
