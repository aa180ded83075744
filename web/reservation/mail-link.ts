/** What a link of ours in a mail asks for. */
export interface MailLink {
  readonly purpose: 'confirm' | 'manage';
  readonly token: string;
}

/** The link in an address's fragment: `#confirm=…` or `#manage=…`. @returns `undefined` when there is none */
export function mailLinkOf(fragment: string): MailLink | undefined {
  const values = new URLSearchParams(fragment.replace(/^#/, ''));
  for (const purpose of ['confirm', 'manage'] as const) {
    const token = values.get(purpose);
    if (token) return { purpose, token };
  }
  return undefined;
}
