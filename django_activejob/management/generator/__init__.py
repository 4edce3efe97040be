"""What ``startjob`` is made of."""
