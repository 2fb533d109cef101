"""Telling partners of changes by Standard Webhooks: where it may go, how it is signed and sent, and when again."""
