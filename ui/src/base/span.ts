// Spans of one trace as the UI reads them.

import type { TimeNs } from './time';

export type AttributeValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: string } // 64 bits do not fit a double.
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'bytes'; readonly value: string } // base64
  | { readonly kind: 'array'; readonly value: readonly AttributeValue[] }
  | { readonly kind: 'map'; readonly value: readonly Attribute[] }
  | { readonly kind: 'empty' };

export interface Attribute {
  readonly key: string;
  readonly value: AttributeValue;
}

export interface SpanEvent {
  readonly time: TimeNs;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly Attribute[];
}

export type SpanStatus = 'unset' | 'ok' | 'error';

export interface Span {
  readonly traceId: string; // 32 hex digits.
  readonly spanId: string; // 16 hex digits.
  readonly parentId: string; // 16 hex digits, or '' at a root.
  readonly name: string;
  readonly kind: string; // "server", "client", ..., or '' when unspecified.
  readonly service: string;
  readonly start: TimeNs;
  readonly end: TimeNs;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  readonly attributes: readonly Attribute[];
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly resource: readonly Attribute[];
  readonly scope: string; // "name version", or ''.
}

export const durationNs = (span: Span): number => Number(span.end - span.start);

export function attributeText(value: AttributeValue): string {
  switch (value.kind) {
    case 'string':
    case 'int':
      return value.value;
    case 'double':
    case 'bool':
      return String(value.value);
    case 'bytes':
      return `base64:${value.value}`;
    case 'array':
      return `[${value.value.map(attributeText).join(', ')}]`;
    case 'map':
      return `{${value.value.map((one) => `${one.key}: ${attributeText(one.value)}`).join(', ')}}`;
    case 'empty':
      return '';
  }
}
