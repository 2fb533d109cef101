"""Actions on webhook endpoints and their deliveries."""
