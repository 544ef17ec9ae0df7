"""The business: customers, money, clock, reference data. No HTTP in it; state only through the store's tables."""
