import type { IncomingMessage, ServerResponse } from 'node:http';
import { Events, type MutableToken, OAuth2Issuer, OAuth2Service } from 'oauth2-mock-server';
import * as z from 'zod';
import type { DataFolder } from './data-folder.ts';

/** Path under which the issuer is served on the site's own port. */
export const ISSUER_PATH = '/.local/issuer';

export interface Issuer {
  /** @param scope space-separated */
  issueToken(scope: string, audience: string): Promise<string>;
  /** Serves discovery, keys, and the token and login endpoints. */
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
  service.on(Events.BeforeTokenSigning, ({ payload }: MutableToken) => {
    if (defaultAudience !== undefined) payload['aud'] ??= defaultAudience;
  });
  return {
    issueToken: (scope, audience) =>
      issuer.buildToken({
        expiresIn: TOKEN_LIFE_SECONDS,
        scopesOrTransform: (_, payload) => void Object.assign(payload, { sub: 'local', scope, aud: audience }),
      }),
    handle(request, response) {
      request.url = request.url?.slice(ISSUER_PATH.length) || '/';
      service.requestHandler(request, response);
    },
    setDefaultAudience(audience) {
      defaultAudience = audience;
    },
  };
}
