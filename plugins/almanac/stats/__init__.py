"""Statistics of the record: pure functions of cards, covered time, a period and now.

Sets of time (`windows`), what counts (`selection`), a provider laid out in arrays (`record`, `days`), its numbers
(`availability`, `intervals`), ranks (`ranks`, `ranking`), what falls together (`backups`), how a page reports
(`reporting`), when trouble starts (`patterns`), when it is over (`recovery`), and how a number came about (`explain`).
"""
