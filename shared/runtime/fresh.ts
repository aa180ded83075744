/**
 * A value read once and again when it is older than `maxAgeMs`; callers at the same time share one read, and a failed read is
 * not kept.
 */
export function fresh<T>(read: () => Promise<T>, maxAgeMs: number): () => Promise<T> {
  let held: { readonly value: Promise<T>; readonly at: number } | undefined;
  return () => {
    const now = Date.now();
    if (held === undefined || now - held.at > maxAgeMs) {
      const value = read();
      const current = { value, at: now };
      held = current;
      value.catch(() => {
        if (held === current) held = undefined;
      });
    }
    return held.value;
  };
}
