"""A small shop: the models that tests hand to jobs."""
