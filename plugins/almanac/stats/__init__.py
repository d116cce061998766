"""Statistics of the record: pure functions of cards, covered time, a period and now."""
