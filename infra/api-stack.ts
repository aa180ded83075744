import { CfnOutput, Duration, type Environment, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
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
import type { DataStack } from './data-stack.ts';
import { FUNCTION_SPECS, type FunctionName, type Trigger } from './functions.ts';
import { LocatorFunction } from './locator-function.ts';
import { MailFeedback } from './mail-feedback.ts';
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
  /** A scope as it stands in the issuer's tokens. */
  scope(name: 'counts' | 'leads'): string;
}

/** The HTTP API and all functions: whatever the table in functions.ts says, and nothing else. */
export class ApiStack extends Stack {
  readonly httpApi: HttpApi;
  /** A line a request: what it was answered, and after how long. */
  readonly accessLog: LogGroup;
  readonly mailFeedback: MailFeedback;
  readonly functions: ReadonlyMap<FunctionName, LocatorFunction>;
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
    const functions = new Map<FunctionName, LocatorFunction>();
    for (const [name, spec] of FUNCTION_SPECS) {
      const locatorFunction = new LocatorFunction(this, name, { name, spec, configurationSet, ...props });
      this.connect(locatorFunction, spec.trigger, props);
      functions.set(name, locatorFunction);
    }
    this.functions = functions;
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

  private connect(locatorFunction: LocatorFunction, trigger: Trigger, { data, issuer }: ApiStackProps): void {
    if ('stream' in trigger) {
      // The CDK's own classes do not fit its interfaces under exactOptionalPropertyTypes.
      locatorFunction.readStream(data.tables[trigger.stream] as ITable);
    } else if ('everyMinutes' in trigger) {
      const rule = new Rule(this, `${locatorFunction.node.id}-schedule`, {
        schedule: Schedule.rate(Duration.minutes(trigger.everyMinutes)),
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
    } else {
      this.addRoute(locatorFunction, trigger, issuer);
    }
  }

  private addRoute(
    { node, lambda }: LocatorFunction,
    { route, scope }: Extract<Trigger, { route: string }>,
    issuer: Issuer,
  ): void {
    const integration = new HttpLambdaIntegration(`${node.id}-integration`, lambda);
    if (route === '$default') {
      acknowledgePublic(
        new HttpRoute(this, `${node.id}-route`, { httpApi: this.httpApi, routeKey: HttpRouteKey.DEFAULT, integration }),
      );
      return;
    }
    const [method, path] = route.split(' ') as [HttpMethod, string];
    const routes = this.httpApi.addRoutes({
      path,
      // What can be got can be asked for by HEAD (RFC 9110, 9.1).
      methods: method === HttpMethod.GET ? [HttpMethod.GET, HttpMethod.HEAD] : [method],
      integration,
      ...(scope !== undefined && { authorizer: this.authorizer, authorizationScopes: [issuer.scope(scope)] }),
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
