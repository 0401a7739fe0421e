// A bar between two panes: drag it, or move it by arrow keys.

import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import styles from './Resizer.module.css';

interface Props {
  readonly axis: 'x' | 'y';
  readonly value: number; // Pixels of the pane it sizes.
  readonly min: number;
  readonly max: number;
  readonly grows: 1 | -1; // 1: a move right or down makes the pane larger.
  readonly label: string;
  readonly onChange: (value: number) => void;
}

const STEP = 24;

export function Resizer({ axis, value, min, max, grows, label, onChange }: Props): JSX.Element {
  const start = useRef<{ readonly at: number; readonly value: number } | null>(null);
  const where = (event: PointerEvent): number => (axis === 'x' ? event.clientX : event.clientY);
  const set = (next: number): void => onChange(Math.round(Math.min(max, Math.max(min, next))));
  const onKeyDown = (event: KeyboardEvent): void => {
    const forward = axis === 'x' ? 'ArrowRight' : 'ArrowDown';
    const backward = axis === 'x' ? 'ArrowLeft' : 'ArrowUp';
    if (event.key !== forward && event.key !== backward) return;
    event.preventDefault();
    set(value + STEP * grows * (event.key === forward ? 1 : -1));
  };
  return (
    <div
      className={styles[axis]}
      role="separator"
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-label={label}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { at: where(event), value };
      }}
      onPointerMove={(event) => {
        const from = start.current;
        if (from !== null) set(from.value + (where(event) - from.at) * grows);
      }}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}
