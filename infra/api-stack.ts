import { CfnOutput, CfnParameter, Duration, type Environment, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ORIGIN_KEY_HASHES_VARIABLE } from '../shared/runtime/environment.ts';
import type { DataStack } from './data-stack.ts';
import { answersRequests, FUNCTION_SPECS, type FunctionName, type Trigger } from './functions.ts';
import { LocatorFunction } from './locator-function.ts';
import { LogFeed } from './log-feed.ts';
import { MailFeedback } from './mail-feedback.ts';
import { ORIGIN_KEY_HASHES_PARAMETER } from './origin-key.ts';
import type { StageConfig } from './stage-config.ts';

interface ApiStackProps {
  readonly env: Environment;
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly issuer: Issuer;
  readonly bundleDir: string;
}

/** Who issues the access tokens of marketing and operations. */
export interface Issuer {
  readonly url: string;
  readonly audience: string;
  /** The dashboard's public client. */
  readonly clientId: string;
  /** Of every endpoint that the dashboard's script talks to. */
  readonly origins: readonly string[];
  /** Ends a session and leads back to the dashboard, where that takes more than OIDC's own endpoint. */
  readonly signOutUrl?: string;
  /** A scope as it stands in the issuer's tokens. */
  scope(name: 'counts' | 'leads'): string;
}

/** The HTTP API and all functions: whatever the table in functions.ts says, and nothing else. */
export class ApiStack extends Stack {
  readonly httpApi: HttpApi;
  /** A line a request: what it was answered, and after how long. */
  readonly accessLog: LogGroup;
  readonly mailFeedback: MailFeedback;
  /** What a function is fed with from another one's log, by its own name. */
  readonly logFeeds = new Map<FunctionName, LogFeed>();
  readonly functions = new Map<FunctionName, LocatorFunction>();
  private readonly authorizer: IHttpRouteAuthorizer;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, {
      env: props.env,
      description: 'Alpine US locator: HTTP API and functions',
    });
    const { stage, issuer } = props;
    this.httpApi = new HttpApi(this, 'HttpApi', {
      description: 'Alpine US locator',
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [stage.siteUrl, ...stage.widgetOrigins],
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PATCH, CorsHttpMethod.DELETE],
        allowHeaders: ['authorization', 'content-type', 'idempotency-key'],
        exposeHeaders: ['etag', 'retry-after'],
        maxAge: Duration.hours(1),
      },
    });
    this.accessLog = this.addStage();
    this.authorizer = new HttpJwtAuthorizer('Oidc', issuer.url, { jwtAudience: [issuer.audience] });
    this.mailFeedback = new MailFeedback(this, 'MailFeedback');
    const { configurationSet } = this.mailFeedback;
    const keyHashes = new CfnParameter(this, ORIGIN_KEY_HASHES_PARAMETER, {
      description: 'SHA-256 of the origin keys that count, in hex, separated by a comma',
      allowedPattern: '^[0-9a-f]{64}(,[0-9a-f]{64})?$',
    }).valueAsString;
    for (const [name, spec] of FUNCTION_SPECS) {
      const locatorFunction = new LocatorFunction(this, name, { name, spec, configurationSet, ...props });
      if (answersRequests(spec.trigger)) {
        locatorFunction.lambda.addEnvironment(ORIGIN_KEY_HASHES_VARIABLE, keyHashes);
      }
      this.connect(name, locatorFunction, spec.trigger, props);
      this.functions.set(name, locatorFunction);
    }
    new CfnOutput(this, 'ApiUrl', { value: this.httpApi.apiEndpoint });
  }

  private addStage(): LogGroup {
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(accessLog).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-CloudWatchLogGroupEncrypted',
      reason: 'Encrypted by CloudWatch’s own key; it holds route, status and duration, and nothing of who asked',
    });
    const stage = this.httpApi.addStage('Stage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 500, burstLimit: 1000 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        // Neither address nor path nor query: they may tell who asks, and where they live.
        format: AccessLogFormat.custom(
          // Numbers without quotation marks, so that metric filters can compare and measure them.
          '{"requestId":"$context.requestId","route":"$context.routeKey","status":$context.status,"latencyMs":$context.responseLatency,"error":"$context.error.message"}',
        ),
      },
    });
    Validations.of(stage).acknowledge({
      id: 'Serverless::Serverless-APIGWStructuredLogging',
      reason: 'Every line is JSON; the format itself is none, as its numbers have no quotation marks',
    });
    return accessLog;
  }

  private connect(
    name: FunctionName,
    locatorFunction: LocatorFunction,
    trigger: Trigger,
    { data, issuer }: ApiStackProps,
  ): void {
    if ('stream' in trigger) {
      // The CDK's own classes do not fit its interfaces under exactOptionalPropertyTypes.
      locatorFunction.readStream(data.tables[trigger.stream] as ITable);
    } else if ('everyMinutes' in trigger || 'dailyAtHour' in trigger) {
      const rule = new Rule(this, `${locatorFunction.node.id}-schedule`, {
        schedule:
          'everyMinutes' in trigger
            ? Schedule.rate(Duration.minutes(trigger.everyMinutes))
            : Schedule.cron({ hour: String(trigger.dailyAtHour), minute: '20' }),
        // A run that failed is not repeated: the next one finds the same work.
        targets: [new LambdaTarget(locatorFunction.lambda, { retryAttempts: 0 })],
      });
      Validations.of(rule).acknowledge({
        id: 'Serverless::Serverless-EventBusDLQ',
        reason: 'A tick that was missed is worth nothing: the next one finds the same work',
      });
      locatorFunction.lambda.configureAsyncInvoke({ retryAttempts: 0 });
    } else if ('mailFeedback' in trigger) {
      this.mailFeedback.feed(locatorFunction.lambda);
    } else if ('logOf' in trigger) {
      const source = this.functions.get(trigger.logOf);
      if (source === undefined) throw new RangeError(`${trigger.logOf} must stand before ${name} in the table`);
      const feed = { logGroup: source.logGroup, lines: trigger.lines, lambda: locatorFunction.lambda };
      this.logFeeds.set(name, new LogFeed(this, `${name}-feed`, feed));
    } else if ('pages' in trigger) {
      const integration = this.integrate(locatorFunction);
      for (const route of trigger.pages) this.addRoute(integration, route, {});
    } else if (trigger.route === '$default') {
      const integration = this.integrate(locatorFunction);
      const { id } = locatorFunction.node;
      acknowledgePublic(
        new HttpRoute(this, `${id}-route`, { httpApi: this.httpApi, routeKey: HttpRouteKey.DEFAULT, integration }),
      );
    } else {
      const { route, scope } = trigger;
      this.addRoute(this.integrate(locatorFunction), route, scope === undefined ? {} : { scope: issuer.scope(scope) });
    }
  }

  private integrate({ node, lambda }: LocatorFunction): HttpLambdaIntegration {
    return new HttpLambdaIntegration(`${node.id}-integration`, lambda);
  }

  /** The scope is one that a caller's token must have; open to everyone without one. */
  private addRoute(integration: HttpLambdaIntegration, route: string, { scope }: { readonly scope?: string }): void {
    const [method, path] = route.split(' ') as [HttpMethod, string];
    const routes = this.httpApi.addRoutes({
      path,
      // What can be got can be asked for by HEAD (RFC 9110, 9.1).
      methods: method === HttpMethod.GET ? [HttpMethod.GET, HttpMethod.HEAD] : [method],
      integration,
      ...(scope !== undefined && { authorizer: this.authorizer, authorizationScopes: [scope] }),
    });
    if (scope === undefined) for (const publicRoute of routes) acknowledgePublic(publicRoute);
  }
}

function acknowledgePublic(route: HttpRoute): void {
  Validations.of(route).acknowledge({
    id: 'AwsSolutions::AwsSolutions-APIG4',
    reason: 'Open to every visitor, or to the holder of a token from a mail, which the function itself verifies',
  });
}
