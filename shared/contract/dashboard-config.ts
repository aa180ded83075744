import * as z from 'zod/mini';

/**
 * What the dashboard is told of the place it runs at, as `/dashboard/config.json`: a deployment's stack output, written
 * beside the pages. Nothing of it is secret.
 */
export const DashboardConfig = z.strictObject({
  /** Who signs people in; its discovery document tells the rest. */
  issuerUrl: z.url(),
  clientId: z.string().check(z.minLength(1)),
  /** The permissions as the issuer spells them, e.g. `locator/counts` of a user pool. */
  scopes: z.strictObject({ counts: z.string(), leads: z.string() }),
  /**
   * Where a session at the issuer is ended, the way back included. Absent where the discovery document names the
   * standard's `end_session_endpoint`; a user pool's takes parameters of its own.
   */
  signOutUrl: z.optional(z.url()),
  /** Whom to ask for a permission. */
  accessEmail: z.email(),
});
export type DashboardConfig = z.infer<typeof DashboardConfig>;
