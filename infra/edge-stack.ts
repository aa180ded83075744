import { join } from 'node:path';
import { CfnOutput, Duration, type Environment, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AllowedMethods,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  Function as EdgeFunction,
  type FunctionAssociation,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DashboardConfig } from '../shared/contract/dashboard-config.ts';
import type { Issuer } from './api-stack.ts';
import { DASHBOARD_CONFIG_OUTPUT } from './dashboard-config.ts';
import type { StageConfig } from './stage-config.ts';

/** Metadata of the web bucket: the folder, from the repository's root, whose files belong in it. */
export const CONTENT_METADATA = 'locator:content';

/**
 * Pages may load their own files and call their own API; nothing of anyone else.
 * @param others origins that the page's script may call besides
 */
function contentSecurityPolicy(...others: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ["connect-src 'self'", ...others].join(' '),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

interface EdgeStackProps {
  readonly env: Environment;
  readonly stage: StageConfig;
  readonly issuer: Issuer;
  readonly httpApi: HttpApi;
}

/** CloudFront in front of everything: pages from a private bucket, `/v1/*` from the HTTP API. */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, {
      env: props.env,
      description: 'Alpine US locator: web files and CloudFront',
    });
    const bucket = this.webBucket();
    const apiOrigin = new HttpOrigin(Fn.select(2, Fn.split('/', props.httpApi.apiEndpoint)), {
      readTimeout: Duration.seconds(30),
    });
    const apiBehavior = {
      origin: apiOrigin,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      // The API itself says which methods an address takes.
      allowedMethods: AllowedMethods.ALLOW_ALL,
      compress: true,
    };
    const publicRead = {
      ...apiBehavior,
      cachePolicy: this.publicReads(),
    };
    const page = {
      origin: S3BucketOrigin.withOriginAccessControl(bucket as IBucket),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      functionAssociations: [this.atRequest('index-rewrite')],
      compress: true,
    };
    const { issuer, stage } = props;
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Alpine US locator',
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      // North America and Europe: where the buyers are.
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        ...page,
        responseHeadersPolicy: this.pageHeaders('PageHeaders', contentSecurityPolicy()),
      },
      additionalBehaviors: {
        // The one page that talks to the issuer.
        '/dashboard/*': {
          ...page,
          responseHeadersPolicy: this.pageHeaders('DashboardHeaders', contentSecurityPolicy(...issuer.origins)),
        },
        '/v1/dealers': { ...publicRead, functionAssociations: [this.atRequest('cache-key')] },
        '/v1/dealers/*': publicRead,
        '/v1/places*': publicRead,
        '/v1/*': {
          ...apiBehavior,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          functionAssociations: [this.atRequest('viewer-address')],
        },
      },
    });
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-CFR1', reason: 'Buyers look from wherever they travel' },
      { id: 'AwsSolutions::AwsSolutions-CFR2', reason: 'No web ACL yet; the throttle of the API stage bounds a flood' },
      { id: 'AwsSolutions::AwsSolutions-CFR3', reason: 'Access logs would keep who asked for which place' },
      {
        id: 'AwsSolutions::AwsSolutions-CFR4',
        reason: 'The default certificate fixes the policy; a domain brings its own',
      },
    );
    new CfnOutput(this, 'DistributionDomainName', { value: distribution.distributionDomainName });
    new CfnOutput(this, 'WebBucketName', { value: bucket.bucketName });
    const config: DashboardConfig = {
      issuerUrl: issuer.url,
      clientId: issuer.clientId,
      scopes: { counts: issuer.scope('counts'), leads: issuer.scope('leads') },
      ...(issuer.signOutUrl !== undefined && { signOutUrl: issuer.signOutUrl }),
      accessEmail: stage.accessEmail,
    };
    new CfnOutput(this, DASHBOARD_CONFIG_OUTPUT, { value: this.toJsonString(config) });
  }

  /** A function of `infra/edge`, run for every viewer's request before the cache is asked. */
  private atRequest(name: string): FunctionAssociation {
    const edgeFunction = new EdgeFunction(this, name, {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromFile({ filePath: join(import.meta.dirname, 'edge', `${name}.js`) }),
    });
    return { eventType: FunctionEventType.VIEWER_REQUEST, function: edgeFunction };
  }

  private webBucket(): Bucket {
    const bucket = new Bucket(this, 'Web', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const resource = bucket.node.defaultChild;
    if (!(resource instanceof CfnBucket)) throw new Error('the bucket has no resource');
    resource.addMetadata(CONTENT_METADATA, 'dist/web');
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: 'Public files that only CloudFront reads; access logs would keep who asked',
    });
    return bucket;
  }

  /** Equal questions share an answer: the query and the media type make the key, and the API says how long. */
  private publicReads(): CachePolicy {
    return new CachePolicy(this, 'PublicReads', {
      comment: 'Public reads of the locator API',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.minutes(5),
      queryStringBehavior: CacheQueryStringBehavior.all(),
      // Origin too: the API answers other sites with their own CORS header.
      headerBehavior: CacheHeaderBehavior.allowList('accept', 'origin'),
      cookieBehavior: CacheCookieBehavior.none(),
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
    });
  }

  private pageHeaders(id: string, policy: string): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, id, {
      comment: `Security headers of the locator pages: ${id}`,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: policy, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(730),
          includeSubdomains: true,
          override: true,
        },
      },
      corsBehavior: {
        // The widget's script is for any site; its integrity can be checked only when it is fetched with CORS.
        accessControlAllowOrigins: ['*'],
        accessControlAllowMethods: ['GET', 'HEAD'],
        accessControlAllowHeaders: ['*'],
        accessControlAllowCredentials: false,
        originOverride: true,
      },
    });
  }
}
