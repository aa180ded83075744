const WIDTH = 30;

/**
 * Shows how far a long task is: a bar that is drawn over on a terminal, a line at every tenth elsewhere.
 * @param out usually standard error, so that what a command prints can be piped
 */
export function progressBar(out: {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}): (progress: { readonly done: number; readonly total: number }) => void {
  let shown = -1;
  return ({ done, total }) => {
    const share = total === 0 ? 1 : done / total;
    const step = Math.floor(share * (out.isTTY ? 1000 : 10));
    if (step === shown) return;
    shown = step;
    const numbers = `${Math.floor(share * 100)} %, ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`;
    if (out.isTTY) {
      const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
      out.write(`\r[${bar}] ${numbers}${done === total ? '\n' : ''}`);
    } else {
      out.write(`${numbers}\n`);
    }
  };
}
