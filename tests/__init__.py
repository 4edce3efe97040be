"""The tests of django_activejob."""
