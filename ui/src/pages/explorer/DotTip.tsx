// What an exemplar says when pointed at, and why it is hollow when it is.

import type { Dot } from '../../base/dots';
import { formatValue, type Unit } from '../../base/format';
import { formatPrecise, timeMs, type Zone } from '../../base/time';
import styles from './Tip.module.css';

interface Props {
  readonly dot: Dot;
  readonly unit: Unit;
  readonly zone: Zone;
}

const HIDDEN = ['__name__', 'le', 'trace_id', 'span_id', 'traceID', 'spanID', 'traceId', 'spanId'];

function reasonOf(dot: Dot): string | null {
  switch (dot.stored) {
    case 'stored':
      return null;
    case 'missing':
      return 'Trace not stored: no span of it has come to this glint. It may be late, sampled away, or sent elsewhere.';
    case 'none':
      return 'This exemplar names no trace, so there is none to open.';
  }
}

export function DotTip({ dot, unit, zone }: Props): JSX.Element {
  const reason = reasonOf(dot);
  const labels = [...Object.entries(dot.series), ...Object.entries(dot.labels)].filter(([name]) => !HIDDEN.includes(name));
  return (
    <div data-testid="dot-tip" data-trace-id={dot.traceId}>
      <div className={styles['lead']}>
        <b>{formatValue(dot.value, unit, 4)}</b>
        <span>{formatPrecise(timeMs(dot.timeMs), zone)}</span>
      </div>
      <dl className={styles['pairs']}>
        {labels.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {dot.traceId !== '' && (
          <div>
            <dt>trace</dt>
            <dd className={styles['id']}>{dot.traceId}</dd>
          </div>
        )}
        {dot.spanId !== '' && (
          <div>
            <dt>span</dt>
            <dd className={styles['id']}>{dot.spanId}</dd>
          </div>
        )}
      </dl>
      {reason === null ? (
        <div className={styles['act']}>Click to open the trace</div>
      ) : (
        <div className={styles['reason']} data-testid="hollow-reason">
          {reason}
        </div>
      )}
    </div>
  );
}
