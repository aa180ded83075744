import { escapeAttribute } from 'entities/escape';
/** Someone whom the local issuer lets in, with what they may be granted. */
export interface LocalPerson {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

/** Each way of being let in or kept out that a page has to tell apart. */
export const LOCAL_PEOPLE: readonly LocalPerson[] = [
  { id: 'marketing', name: 'Marketing: counts and leads', scopes: ['openid', 'counts', 'leads'] },
  { id: 'agency', name: 'Agency: counts, no leads', scopes: ['openid', 'counts'] },
  { id: 'newcomer', name: 'Newcomer: signed in, no permission yet', scopes: ['openid'] },
];

const COOKIE = 'locator-person';

/** Who signed in before, as a cookie says. */
export function rememberedPerson(cookies: string | undefined): string | undefined {
  return cookies?.match(new RegExp(`(?:^|; )${COOKIE}=([a-z]+)`))?.[1];
}

/** @param id nobody forgets whoever was signed in */
export function rememberPerson(path: string, id: string | undefined): string {
  const cookie = `${COOKIE}=${id ?? ''}; Path=${path}; HttpOnly; SameSite=Lax`;
  return id === undefined ? `${cookie}; Max-Age=0` : cookie;
}

/** What is asked for and may be given. @param asked space-separated */
export function grantedScope(person: LocalPerson, asked: string): string {
  return asked
    .split(' ')
    .filter((scope) => person.scopes.includes(scope))
    .join(' ');
}

/** All that the page is styled by: the site's own stylesheet has another name with every build. */
export const PEOPLE_PAGE_STYLE =
  'body { max-width: 40rem; margin: 15vh auto; padding: 0 1.25rem; font: 1rem/1.6 system-ui, sans-serif } h1 { font-weight: 400 } li { margin-block: .75rem }';

/** The sign-in page: there are no passwords on this machine, only people to be. */
export function peoplePage(authorizeUrl: URL): string {
  const links = LOCAL_PEOPLE.map(({ id, name }) => {
    const url = new URL(authorizeUrl);
    url.searchParams.set('person', id);
    return `<li><a href="${escapeAttribute(url.pathname + url.search)}">${name}</a></li>`;
  });
  return `<!doctype html>
<html lang="en-US">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local sign-in</title>
<meta name="color-scheme" content="light dark">
<style>${PEOPLE_PAGE_STYLE}</style>
<main>
<h1>Sign in as</h1>
<p>The local issuer stands in for the user pool. Nobody has a password here.</p>
<ul>${links.join('')}</ul>
</main>
</html>`;
}
