import { HostError } from '../host-error.ts';
import type { Resource } from './assembly.ts';

/** Types that the local host runs, or reads while it runs another. */
const RUN = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginRequestPolicy',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Logs::SubscriptionFilter',
  'AWS::S3::Bucket',
  'AWS::SES::ConfigurationSet',
  'AWS::SES::ConfigurationSetEventDestination',
  'AWS::SecretsManager::Secret',
]);

const PERMISSIONS = 'only the functions’ own policies are enforced on this machine';
const OBSERVED = 'logs and metrics are the host’s own output here';
const UNDELIVERED = 'what would be sent to it is written to the log';
const MAIL = 'the local inbox takes every mail';

/** Types that nothing on this machine acts for, each with the reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'AWS::Budgets::Budget': 'nothing costs money here',
  'AWS::CloudFront::OriginAccessControl': PERMISSIONS,
  'AWS::CloudWatch::Alarm': OBSERVED,
  'AWS::CloudWatch::CompositeAlarm': OBSERVED,
  'AWS::CloudWatch::Dashboard': OBSERVED,
  'AWS::KMS::Key': 'data are not encrypted at rest on this machine',
  'AWS::Lambda::Permission': PERMISSIONS,
  'AWS::Logs::LogGroup': OBSERVED,
  'AWS::Logs::MetricFilter': OBSERVED,
  'AWS::S3::BucketPolicy': PERMISSIONS,
  'AWS::SES::EmailIdentity': MAIL,
  'AWS::SNS::Topic': UNDELIVERED,
  'AWS::SNS::TopicPolicy': PERMISSIONS,
  'AWS::SQS::Queue': UNDELIVERED,
  'AWS::SQS::QueuePolicy': PERMISSIONS,
  'AWS::WAFv2::WebACL': 'throttling is off on this machine',
};

/** @throws HostError for a type that the host neither runs nor leaves out on purpose */
export function refuseUnknown({ stack, logicalId, type }: Resource): void {
  if (RUN.has(type) || type in LEFT_OUT) return;
  throw new HostError(
    `${stack.name} holds ${logicalId}, a ${type}: the local host neither runs that type nor leaves it out on purpose (local/template/resource-types.ts).`,
  );
}
