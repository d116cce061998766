// The simulated time in milliseconds: pages must not ask the clock of a reader who lives in another year.
const simulated = ((start, speed, limit, began) => () => Math.min(start + (performance.now() - began) * speed, Math.max(start, limit)))(
  {{ ms(now) }}, {{ play.clock.speed }}, {{ ms(play.limit) }}, performance.now());
