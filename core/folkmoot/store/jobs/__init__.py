"""Jobs: work done outside a request, durable from the transaction that asked for it."""
