// Round offsets along a trace, from 0, none so near the end that its label would leave the axis.

export function axisTicks(totalNs: number, most: number): readonly number[] {
  const rough = totalNs / most;
  const size = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((one) => one >= rough) ?? rough;
  const ticks: number[] = [];
  for (let at = 0; at < totalNs * 0.97; at += step) ticks.push(at);
  return ticks;
}
