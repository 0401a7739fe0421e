// The trace of a picked dot, in a pane from the right. The chart makes room: the dot stays in sight,
// and the next one is a click away.

import { useEffect, useState } from 'react';
import type { Zone } from '../../base/time';
import { Resizer } from '../../widgets/Resizer';
import styles from './Flyout.module.css';
import { TraceView } from './TraceView';

interface Props {
  readonly traceId: string;
  readonly spanId: string;
  readonly zone: Zone;
  readonly onSpan: (spanId: string) => void;
  readonly onTrace: (traceId: string, spanId: string) => void;
  readonly onClose: () => void;
}

const MIN_WIDTH = 420;
const WIDTH_KEY = 'glint.flyout.width';

function firstWidth(): number {
  const kept = Number(window.localStorage.getItem(WIDTH_KEY));
  return kept >= MIN_WIDTH ? Math.min(kept, window.innerWidth - 120) : Math.min(680, Math.round(window.innerWidth * 0.48));
}

export function Flyout(props: Props): JSX.Element {
  const [width, setWidth] = useState(firstWidth);
  const { onClose } = props;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // Esc inside a field or a menu belongs to that.
      const target = event.target;
      const busy = target instanceof HTMLElement && target.closest('input, textarea, [role="dialog"], [role="menu"], .cm-editor') !== null;
      if (event.key === 'Escape' && !event.defaultPrevented && !busy) onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <>
      <Resizer
        axis="x"
        label="Width of the trace"
        value={width}
        min={MIN_WIDTH}
        max={Math.max(MIN_WIDTH, window.innerWidth - 120)}
        grows={-1}
        onChange={(next) => {
          setWidth(next);
          window.localStorage.setItem(WIDTH_KEY, String(next));
        }}
      />
      <aside className={styles['flyout']} style={{ width }} aria-label="Trace details" data-testid="flyout" data-trace-id={props.traceId}>
        <TraceView key={props.traceId} {...props} where="flyout" />
      </aside>
    </>
  );
}
