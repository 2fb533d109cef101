"""Actions on articles: store, transition, publish, erase, and update their projections."""
