// Waits for a condition with a deadline: never for luck.

export const DEADLINE_MS = 60_000;

// The first truthy value of condition(), or an error that says what was waited for.
export async function waitFor(what, condition, ms = DEADLINE_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${ms / 1000} s: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
