"""Pages for people, as pure functions from content to HTML: the start page, the guides and the problem types."""
