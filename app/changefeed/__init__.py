"""Followers of the change log within a process."""
