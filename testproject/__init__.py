"""A small web app that uses django_activejob as a user would."""
