// Labels and matchers as text that PromQL reads.

export type Labels = Readonly<Record<string, string>>;

export const MATCH_OPS = ['=', '!=', '=~', '!~'] as const;
export type MatchOp = (typeof MATCH_OPS)[number];

export interface Matcher {
  readonly label: string;
  readonly op: MatchOp;
  readonly value: string;
}

export function quote(value: string): string {
  const escaped = value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
  return `"${escaped}"`;
}

export const isLabelName = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
export const isMetricName = (name: string): boolean => /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);

// A label that is no legacy identifier is quoted, as Prometheus 3 reads it.
const labelText = (name: string): string => (isLabelName(name) ? name : quote(name));

export const matcherText = (matcher: Matcher): string =>
  `${labelText(matcher.label)}${matcher.op}${quote(matcher.value)}`;

export function selectorText(metric: string, matchers: readonly Matcher[]): string {
  const list = matchers.map(matcherText);
  if (isMetricName(metric)) return list.length > 0 ? `${metric}{${list.join(',')}}` : metric;
  return `{${[`__name__=${quote(metric)}`, ...list].join(',')}}`;
}

export const groupText = (labels: readonly string[]): string => labels.map(labelText).join(', ');

// {job="a", le="1"} for reading; the name in front where there is one.
export function labelsText(labels: Labels): string {
  const list = Object.entries(labels)
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}=${quote(value)}`);
  const name = labels['__name__'] ?? '';
  return list.length > 0 || name === '' ? `${name}{${list.join(', ')}}` : name;
}

export function pickLabels(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
}

export function withoutLabels(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

// One text per set of labels, whatever the order they came in.
export const labelsKey = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
