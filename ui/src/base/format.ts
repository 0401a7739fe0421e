// Numbers for people. Units come from the metric's name or metadata: seconds, bytes, none.

export type Unit = 'seconds' | 'bytes' | 'none' | 'ratio';

export function unitOf(metric: string, declared: string): Unit {
  const text = declared !== '' ? declared : metric;
  if (/(^|_)seconds(_|$)|^s$/.test(text)) return 'seconds';
  if (/(^|_)bytes(_|$)|^By$/.test(text)) return 'bytes';
  if (/(^|_)ratio(_|$)/.test(text)) return 'ratio';
  return 'none';
}

export const unitText = (unit: Unit): string =>
  unit === 'seconds' ? 's' : unit === 'bytes' ? 'B' : '';

// At most `digits` significant digits and no tail of zeros: 0.0500 -> 0.05.
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '-∞' : 'NaN';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 10 ** digits && size < 1e7) return String(Math.round(value));
  const text = value.toPrecision(digits);
  return text.includes('e') ? Number(text).toExponential() : String(Number(text));
}

export function formatSeconds(seconds: number, digits = 3): string {
  if (!Number.isFinite(seconds)) return significant(seconds);
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size < 1e-6) return `${significant(seconds * 1e9, digits)} ns`;
  if (size < 1e-3) return `${significant(seconds * 1e6, digits)} µs`;
  if (size < 1) return `${significant(seconds * 1e3, digits)} ms`;
  if (size < 120) return `${significant(seconds, digits)} s`;
  if (size < 7200) return `${significant(seconds / 60, digits)} min`;
  if (size < 172_800) return `${significant(seconds / 3600, digits)} h`;
  return `${significant(seconds / 86_400, digits)} d`;
}

export function formatBytes(bytes: number, digits = 3): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let index = 0;
  while (Math.abs(value) >= 1024 && index < names.length - 1) {
    value /= 1024;
    index++;
  }
  return `${significant(value, digits)} ${names[index] ?? 'B'}`;
}

// 1234567 -> 1.23M. For axes and legends.
export function formatShort(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return significant(value);
  const size = Math.abs(value);
  const steps: readonly (readonly [number, string])[] = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e4, 'k']];
  for (const [limit, suffix] of steps) {
    if (size >= limit) {
      const divisor = suffix === 'k' ? 1e3 : limit;
      return `${significant(value / divisor, digits)}${suffix}`;
    }
  }
  return significant(value, digits);
}

export function formatValue(value: number, unit: Unit, digits = 3): string {
  switch (unit) {
    case 'seconds':
      return formatSeconds(value, digits);
    case 'bytes':
      return formatBytes(value, digits);
    case 'ratio':
    case 'none':
      return formatShort(value, digits);
  }
}

// 12,345: exact, for counts in tooltips. A thin group separator that copies as text.
export const formatCount = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : significant(value, 3);

export const formatPercent = (share: number): string =>
  share > 0 && share < 0.001 ? '<0.1 %' : `${significant(share * 100, 3)} %`;

// Durations of spans, in nanoseconds.
export const formatDurationNs = (ns: number): string => formatSeconds(ns / 1e9, 4);
