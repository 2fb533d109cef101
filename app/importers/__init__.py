"""Reading files of others into the tables: one runner, and one pure parser per format."""
