"""Webhooks by Standard Webhooks: allowed destinations, signatures, delivery, retries."""
