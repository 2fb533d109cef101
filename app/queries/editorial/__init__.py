"""Queries of the editorial API: drafts, revisions, previews and the audit log."""
