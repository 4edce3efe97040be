"""What performs jobs: a supervisor, its child processes, and the threads in them.

It knows adapters by their contracts only.
"""
