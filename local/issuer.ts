import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Events,
  type MutableRedirectUri,
  type MutableResponse,
  type MutableToken,
  OAuth2Issuer,
  OAuth2Service,
  type TokenRequestIncomingMessage,
} from 'oauth2-mock-server';
import * as z from 'zod';
import type { DataFolder } from './data-folder.ts';
import {
  grantedScope,
  LOCAL_PEOPLE,
  PEOPLE_PAGE_STYLE,
  peoplePage,
  rememberedPerson,
  rememberPerson,
} from './issuer-people.ts';

/** Path under which the issuer is served on the site's own port. */
export const ISSUER_PATH = '/.local/issuer';

export interface Issuer {
  /** @param scope space-separated */
  issueToken(scope: string, audience: string): Promise<string>;
  /** Serves discovery, keys, the page to sign in at, and the endpoints for tokens and sign-out. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Tokens that name no audience get this one, as a user pool's client does. */
  setDefaultAudience(audience: string): void;
}

const FILE = 'issuer-key.json';
const TOKEN_LIFE_SECONDS = 3600;
const Keys = z.array(z.record(z.string(), z.unknown()));

/** A local OpenID Connect issuer. Its key is made once and kept in the data folder, so that tokens survive a restart. */
export async function openIssuer(folder: Pick<DataFolder, 'read' | 'write'>, issuerUrl: string): Promise<Issuer> {
  const issuer = new OAuth2Issuer();
  issuer.url = issuerUrl;
  const kept = folder.read(FILE);
  if (kept === undefined) {
    await issuer.keys.generate('RS256');
    folder.write(FILE, JSON.stringify(issuer.keys.toJSON(true)));
  } else {
    for (const key of Keys.parse(JSON.parse(kept))) await issuer.keys.add(key);
  }
  const service = new OAuth2Service(issuer);
  let defaultAudience: string | undefined;
  /** What a person was granted, by the code or refresh token that stands for it. */
  const grants = new Map<string, Grant>();
  service.on(Events.BeforeAuthorizeRedirect, ({ url }: MutableRedirectUri, request: IncomingMessage) => {
    const { searchParams: asked } = new URL(request.url ?? '/', issuerUrl);
    const person = LOCAL_PEOPLE.find(({ id }) => id === personOf(request));
    const code = url.searchParams.get('code');
    if (person === undefined || code === null) return;
    grants.set(code, { subject: person.id, scope: grantedScope(person, asked.get('scope') ?? '') });
  });
  service.on(Events.BeforeTokenSigning, ({ payload }: MutableToken, request: TokenRequestIncomingMessage) => {
    const grant = grants.get(handleOf(request));
    if (grant !== undefined) {
      payload['sub'] = grant.subject;
      if ('scope' in payload) payload['scope'] = grant.scope;
    }
    if (defaultAudience !== undefined) payload['aud'] ??= defaultAudience;
    // No two are alike (RFC 9068, 2.2), not even those of one second.
    payload['jti'] = randomUUID();
  });
  service.on(Events.BeforeResponse, (response: MutableResponse, request: TokenRequestIncomingMessage) => {
    const grant = grants.get(handleOf(request));
    if (grant === undefined || typeof response.body !== 'object' || response.body === null) return;
    Object.assign(response.body, { scope: grant.scope });
    // Each is good once, as a user pool's are when they rotate.
    grants.delete(handleOf(request));
    const { refresh_token: next } = Handles.parse(response.body);
    if (next !== undefined) grants.set(next, grant);
  });
  return {
    issueToken: (scope, audience) =>
      issuer.buildToken({
        expiresIn: TOKEN_LIFE_SECONDS,
        scopesOrTransform: (_, payload) => void Object.assign(payload, { sub: 'local', scope, aud: audience }),
      }),
    handle(request, response) {
      request.url = request.url?.slice(ISSUER_PATH.length) || '/';
      const [pathname] = request.url.split('?');
      if (pathname === '/authorize') {
        const person = personOf(request);
        if (person === undefined) return askWhoItIs(request, response);
        response.setHeader('set-cookie', rememberPerson(ISSUER_PATH, person));
      } else if (pathname === '/endsession') {
        response.setHeader('set-cookie', rememberPerson(ISSUER_PATH, undefined));
      }
      service.requestHandler(request, response);
    },
    setDefaultAudience(audience) {
      defaultAudience = audience;
    },
  };
}

const Handles = z.object({ code: z.string().optional(), refresh_token: z.string().optional() });

/** The code or refresh token that a token is asked for with; none of them is empty. */
function handleOf({ body }: TokenRequestIncomingMessage): string {
  const { code, refresh_token: refreshToken } = Handles.parse(body);
  return code ?? refreshToken ?? '';
}

interface Grant {
  readonly subject: string;
  readonly scope: string;
}

/** Whom the request names, or who signed in before. */
function personOf(request: IncomingMessage): string | undefined {
  const named = new URL(request.url ?? '/', 'http://issuer').searchParams.get('person');
  const id = named ?? rememberedPerson(request.headers.cookie);
  return LOCAL_PEOPLE.some((person) => person.id === id) ? id : undefined;
}

function askWhoItIs(request: IncomingMessage, response: ServerResponse): void {
  const styleHash = createHash('sha256').update(PEOPLE_PAGE_STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'`;
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
  response.end(peoplePage(new URL(`${ISSUER_PATH}${request.url}`, 'http://issuer')));
}
