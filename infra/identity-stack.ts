import { Aws, Duration, type Environment, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccountRecovery, Mfa, OAuthScope, ResourceServerScope, UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { Issuer } from './api-stack.ts';
import type { StageConfig } from './stage-config.ts';

const RESOURCE_SERVER = 'locator';

/** The user pool of marketing and operations, for stages without an OIDC issuer of their own. Nobody signs themselves up. */
export class IdentityStack extends Stack {
  readonly issuer: Issuer;

  constructor(scope: Construct, id: string, props: { readonly env: Environment; readonly stage: StageConfig }) {
    super(scope, id, {
      env: props.env,
      description: 'Alpine US locator: user pool of marketing and operations',
      terminationProtection: true,
    });
    const pool = new UserPool(this, 'Users', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(pool).acknowledge({
      id: 'AwsSolutions::AwsSolutions-COG8',
      reason: 'A handful of colleagues with a second factor: threat protection of the plus plan is not worth its price',
    });
    const counts = new ResourceServerScope({ scopeName: 'counts', scopeDescription: 'Read interest counts' });
    const leads = new ResourceServerScope({ scopeName: 'leads', scopeDescription: 'See and resend leads' });
    const server = pool.addResourceServer('Locator', { identifier: RESOURCE_SERVER, scopes: [counts, leads] });
    const dashboardUrl = `${props.stage.siteUrl}/dashboard/`;
    const client = pool.addClient('Dashboard', {
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [
          OAuthScope.OPENID,
          OAuthScope.resourceServer(server, counts),
          OAuthScope.resourceServer(server, leads),
        ],
        callbackUrls: [dashboardUrl],
        logoutUrls: [dashboardUrl],
      },
      // A page cannot keep a secret: it proves itself with PKCE.
      generateSecret: false,
      accessTokenValidity: Duration.hours(1),
      // A working day. The page keeps it in memory alone, and takes it back at sign-out.
      refreshTokenValidity: Duration.hours(10),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
    });
    // Where people sign in. The prefix must be nobody else's in the region, so it ends in the account.
    const domain = pool.addDomain('SignIn', {
      cognitoDomain: { domainPrefix: `alpine-locator-${props.stage.name}-${Aws.ACCOUNT_ID}` },
    });
    const discoveryOrigin = `https://cognito-idp.${this.region}.amazonaws.com`;
    const back = encodeURIComponent(dashboardUrl);
    this.issuer = {
      url: `${discoveryOrigin}/${pool.userPoolId}`,
      audience: client.userPoolClientId,
      clientId: client.userPoolClientId,
      origins: [discoveryOrigin, domain.baseUrl()],
      signOutUrl: `${domain.baseUrl()}/logout?client_id=${client.userPoolClientId}&logout_uri=${back}`,
      scope: (name) => `${RESOURCE_SERVER}/${name}`,
    };
  }
}
