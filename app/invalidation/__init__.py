"""Pure rules of cache invalidation: dependencies, surrogate keys, schedules, Cache-Control."""
