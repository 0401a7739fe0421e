// The colour scale with numbers under it.

import { cssRgb } from '../base/oklab';
import { formatShort } from '../base/format';
import styles from './ColourLegend.module.css';
import { legendCounts, shareOf, type ColourMode } from './colour';
import type { ChartTheme } from './theme';

interface Props {
  readonly largest: number;
  readonly colour: ColourMode;
  readonly theme: ChartTheme;
  readonly title: string;
}

const STOPS = 24;

export function ColourLegend({ largest, colour, theme, title }: Props): JSX.Element {
  const size = theme.palette.length;
  const stops = Array.from({ length: STOPS + 1 }, (_, i) => {
    const rgb = theme.palette[Math.min(size - 1, Math.round((i / STOPS) * (size - 1)))];
    return rgb === undefined ? 'transparent' : cssRgb(rgb);
  });
  const counts = legendCounts(largest, colour);
  return (
    <div className={styles['legend']} data-testid="colour-legend" aria-label={`${title}: 0 to ${formatShort(largest)}`}>
      <span className={styles['title']}>{title}</span>
      <div className={styles['scale']}>
        <div className={styles['bar']} style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
        <div className={styles['numbers']}>
          {counts.map((count) => (
            <span key={count} style={{ left: `${shareOf(count, largest, colour) * 100}%` }}>
              {formatShort(count, 2)}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}
