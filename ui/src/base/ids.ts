// Trace and span ids: hex for people, base64 in protobuf's JSON.

const HEX = /^[0-9a-f]+$/i;

export const isTraceId = (text: string): boolean => /^[0-9a-f]{32}$/i.test(text) && !/^0+$/.test(text);
export const isSpanId = (text: string): boolean => /^[0-9a-f]{16}$/i.test(text);

// Lower-case hex of an id of `bytes` bytes written as hex or as base64; '' for none; null for neither.
// Both readings of one text never fit: 16 and 8 bytes have different lengths in either.
export function hexId(text: string, bytes: 8 | 16): string | null {
  if (text === '') return '';
  if (text.length === bytes * 2 && HEX.test(text)) return text.toLowerCase();
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null;
  let binary: string;
  try {
    binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  } catch {
    return null;
  }
  if (binary.length !== bytes) return null;
  return Array.from(binary, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
