import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  calculatePKCECodeChallenge,
  customFetch,
  discoveryRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  revocationRequest,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import type { DashboardConfig } from '../../shared/contract/dashboard-config.ts';
import { fetchWhole, kindOfStatus } from '../client/api-client.ts';
import { RequestFailure } from '../client/failure.ts';

/**
 * Why nobody is signed in: `answer` is one of the issuer that does not fit what this tab asked, or a refusal; `storage`: the
 * browser lets the page keep nothing.
 */
export type SignInFault = 'unreachable' | 'answer' | 'storage';

/** The issuer could not be asked, its answer was not taken, or nothing can be kept of it. Carries nothing of the answer: it may hold a code. */
export class SignInFailure extends Error {
  readonly fault: SignInFault;

  constructor(fault: SignInFault, options?: ErrorOptions) {
    super(fault, options);
    this.name = 'SignInFailure';
    this.fault = fault;
  }
}

/** The token has ended and could not be renewed: the person has to sign in again. */
export class SessionEnded extends Error {
  constructor(options?: ErrorOptions) {
    super('the session has ended', options);
    this.name = 'SessionEnded';
  }
}

/** What a sign-in under way has to remember while the person is at the issuer's. */
interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** The address's search to come back to. */
  readonly search: string;
}

interface Held {
  readonly accessToken: string;
  /** Unix. */
  readonly endsAtMilliseconds: number;
}

const PENDING = 'dashboard.sign-in';
const HELD = 'dashboard.token';
/** A token that ends this soon is renewed before it is used. */
const MARGIN_MILLISECONDS = 20_000;

/**
 * Somebody's session with the issuer: authorization code with PKCE, state and nonce. The access token is kept for the tab
 * (sessionStorage), so that a reload stays signed in; what renews it is in memory alone. Neither is ever in an address.
 */
export class OidcSession {
  readonly #config: DashboardConfig;
  readonly #redirectUri: string;
  #server: Promise<AuthorizationServer> | undefined;
  #refreshToken: string | undefined;
  #renewing: Promise<string> | undefined;

  /** @param redirectUri the page's own address, as the issuer knows it */
  constructor(config: DashboardConfig, redirectUri: string) {
    this.#config = config;
    this.#redirectUri = redirectUri;
  }

  /** Whether a token is there; the API has the last word on whether it is good. @throws SignInFailure `storage` */
  get signedIn(): boolean {
    return tabStorage().getItem(HELD) !== null;
  }

  /**
   * Leads to the issuer's page.
   *
   * @param search where to come back to
   * @throws SignInFailure `unreachable`, `storage`
   */
  async signIn(search: string): Promise<void> {
    const server = await this.#discover();
    if (server.authorization_endpoint === undefined) throw new SignInFailure('answer');
    const pending: Pending = {
      state: generateRandomState(),
      nonce: generateRandomNonce(),
      verifier: generateRandomCodeVerifier(),
      search,
    };
    tabStorage().setItem(PENDING, JSON.stringify(pending));
    const { counts, leads } = this.#config.scopes;
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.#config.clientId,
      redirect_uri: this.#redirectUri,
      scope: `openid ${counts} ${leads}`,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    }).toString();
    location.assign(url);
  }

  /** Where the sign-in under way is to come back to; what it remembers is good once. @throws SignInFailure `storage` */
  takePending(): Pending | undefined {
    const text = tabStorage().getItem(PENDING);
    tabStorage().removeItem(PENDING);
    return text === null ? undefined : (JSON.parse(text) as Pending);
  }

  /**
   * Takes the issuer's answer.
   *
   * @param answer the address's parameters as they came
   * @param pending what this tab asked; `undefined` when it asked nothing
   * @throws SignInFailure `answer` for a foreign state, nonce or code, or a refusal; `unreachable`
   */
  async finishSignIn(answer: URLSearchParams, pending: Pending | undefined): Promise<void> {
    if (pending === undefined) throw new SignInFailure('answer');
    const server = await this.#discover();
    const { verifier, state, nonce } = pending;
    try {
      const parameters = validateAuthResponse(server, this.#client, answer, state);
      const response = await authorizationCodeGrantRequest(
        server,
        this.#client,
        None(),
        parameters,
        this.#redirectUri,
        verifier,
        this.#options,
      );
      const options = { expectedNonce: nonce, requireIdToken: true };
      this.#hold(await processAuthorizationCodeResponse(server, this.#client, response, options));
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** @throws SessionEnded; RequestFailure when it has to be renewed, and the issuer has no answer */
  async accessToken(): Promise<string> {
    const text = tabStorage().getItem(HELD);
    if (text === null) throw new SessionEnded();
    const { accessToken, endsAtMilliseconds } = JSON.parse(text) as Held;
    return Date.now() < endsAtMilliseconds - MARGIN_MILLISECONDS ? accessToken : await this.renew();
  }

  /**
   * A new token without asking the person.
   *
   * @throws SessionEnded when that is not possible; RequestFailure when the issuer has no answer: it may have one later
   */
  renew(): Promise<string> {
    // All requests of a page find out at the same time; what renews is good once.
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Forgets the tokens here and at the issuer, and ends the session there. */
  async signOut(): Promise<void> {
    const refreshToken = this.#refreshToken;
    this.#forget();
    const server = await this.#discover().catch(() => undefined);
    if (server?.revocation_endpoint !== undefined && refreshToken !== undefined) {
      // What is forgotten here ends by itself there: that it could not be told is no reason to stay.
      await revocationRequest(server, this.#client, None(), refreshToken, this.#options).catch(() => undefined);
    }
    location.assign(this.#signOutUrl(server));
  }

  async #renew(): Promise<string> {
    const refreshToken = this.#refreshToken;
    try {
      if (refreshToken === undefined) throw new SessionEnded();
      const server = await this.#discover();
      const response = await refreshTokenGrantRequest(server, this.#client, None(), refreshToken, this.#options);
      const tokens = await processRefreshTokenResponse(server, this.#client, response);
      // Signed out meanwhile.
      if (this.#refreshToken !== refreshToken) throw new SessionEnded();
      return this.#hold({ refresh_token: refreshToken, ...tokens });
    } catch (error) {
      const { fault, cause } = failureOf(error);
      if (fault === 'unreachable') throw cause instanceof RequestFailure ? cause : new RequestFailure('unreachable');
      this.#forget();
      throw error instanceof SessionEnded ? error : new SessionEnded({ cause: error });
    }
  }

  #hold({ access_token: accessToken, expires_in: seconds = 3600, refresh_token: next }: TokenEndpointResponse): string {
    const held: Held = { accessToken, endsAtMilliseconds: Date.now() + seconds * 1000 };
    tabStorage().setItem(HELD, JSON.stringify(held));
    this.#refreshToken = next;
    return accessToken;
  }

  #forget(): void {
    tabStorage().removeItem(HELD);
    this.#refreshToken = undefined;
  }

  #signOutUrl(server: AuthorizationServer | undefined): string {
    if (this.#config.signOutUrl !== undefined) return this.#config.signOutUrl;
    if (server?.end_session_endpoint === undefined) return this.#redirectUri;
    const url = new URL(server.end_session_endpoint);
    url.searchParams.set('client_id', this.#config.clientId);
    url.searchParams.set('post_logout_redirect_uri', this.#redirectUri);
    return url.href;
  }

  get #client(): Client {
    return { client_id: this.#config.clientId };
  }

  /** Without TLS only for an issuer of this very machine. */
  get #options(): { [allowInsecureRequests]: boolean; [customFetch]: typeof askIssuer } {
    return {
      [allowInsecureRequests]: new URL(this.#config.issuerUrl).hostname === '127.0.0.1',
      [customFetch]: askIssuer,
    };
  }

  #discover(): Promise<AuthorizationServer> {
    const issuer = new URL(this.#config.issuerUrl);
    this.#server ??= discoveryRequest(issuer, this.#options)
      .then((response) => processDiscoveryResponse(issuer, response))
      .catch((error: unknown) => {
        this.#server = undefined;
        throw new SignInFailure('unreachable', { cause: error });
      });
    return this.#server;
  }
}

/** Has the issuer's answer, good or bad. @throws RequestFailure when there is none, or it is a fault of its own or `busy` */
async function askIssuer(
  url: string,
  { body, ...init }: Omit<RequestInit, 'body'> & { readonly body?: BodyInit | null | undefined },
): Promise<Response> {
  const response = await fetchWhole(url, { ...init, body: body ?? null });
  const kind = kindOfStatus(response.status);
  if (kind !== undefined) throw new RequestFailure(kind, undefined, response);
  return response;
}

/** An issuer that has not answered is worth another try; anything else is an answer not to be trusted. */
function failureOf(error: unknown): SignInFailure {
  if (error instanceof SignInFailure) return error;
  return new SignInFailure(error instanceof RequestFailure ? 'unreachable' : 'answer', { cause: error });
}

/** What the tab keeps. @throws SignInFailure `storage` when the browser lets it keep nothing */
function tabStorage(): Storage {
  try {
    return sessionStorage;
  } catch (error) {
    throw new SignInFailure('storage', { cause: error });
  }
}
