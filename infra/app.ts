import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { AlarmStack } from './alarm-stack.ts';
import { ApiStack, type Issuer } from './api-stack.ts';
import { BUNDLE_DIR } from './bundle.ts';
import { DataStack } from './data-stack.ts';
import { EdgeStack } from './edge-stack.ts';
import { IdentityStack } from './identity-stack.ts';
import { type StackPart, type StageConfig, stackName } from './stage-config.ts';

/**
 * The CDK app of one stage; `synth()` it into the folder given. Functions must have been bundled before.
 * @param outdir where the cloud assembly is written
 * @param bundleDir where the functions were bundled to
 */
export function buildApp(stage: StageConfig, outdir: string, bundleDir = BUNDLE_DIR): App {
  const app = new App({
    outdir,
    context: {
      // Findings of aws-cdk-lib's own template rules fail the synthesis.
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      // A stack keeps what another one needs of it: CDK's default, said so that it does not ask.
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
      // The local host finds a function's bundle by it.
      'aws:cdk:enable-asset-metadata': true,
    },
    analyticsReporting: false,
  });
  // WAF and certificates of CloudFront live in us-east-1, so everything does; the account is the deployer's.
  const env = { region: 'us-east-1' };
  const id = (part: StackPart) => stackName(stage.name, part);
  const data = new DataStack(app, id('Data'), { env, stage });
  const issuer = issuerOf(stage) ?? new IdentityStack(app, id('Identity'), { env, stage }).issuer;
  const api = new ApiStack(app, id('Api'), { env, stage, data, issuer, bundleDir });
  new EdgeStack(app, id('Edge'), { env, stage, data, issuer, httpApi: api.httpApi });
  new AlarmStack(app, id('Alarms'), { env, stage, data, api });
  Tags.of(app).add('application', 'alpine-us-locator');
  Tags.of(app).add('stage', stage.name);
  // Rules that do not apply are acknowledged, with the reason, beside what they are about. A start on this machine need not wait.
  if (stage.name !== 'local')
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app), new NIST80053R5Checks(app));
  return app;
}

function issuerOf({ issuer }: StageConfig): Issuer | undefined {
  if (issuer === undefined) return undefined;
  const { url, audience, clientId, otherOrigins } = issuer;
  return { url, audience, clientId, origins: [new URL(url).origin, ...otherOrigins], scope: (name) => name };
}
