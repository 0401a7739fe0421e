// A colour a service, the same for all traces that name their services in the same order.

import type { ChartTheme } from '../../charts/theme';

export const serviceColours = (services: readonly string[], theme: ChartTheme): ReadonlyMap<string, string> =>
  new Map(services.map((service, index) => [service, theme.series[index % theme.series.length] ?? theme.text]));
