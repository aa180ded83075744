import { expect, test } from 'vitest';
import { HostError } from '../../local/host-error.ts';
import { refuseUnknown } from '../../local/template/resource-types.ts';
import { templateOf } from './template-of.ts';

const resourceOf = (type: string) => {
  const [resource] = templateOf({ Thing: { type, properties: {} } }).ofType(type);
  if (resource === undefined) throw new Error('there is no resource');
  return resource;
};

test('a type that the host runs or leaves out on purpose passes, any other is named and refused', () => {
  refuseUnknown(resourceOf('AWS::Lambda::Function'));
  refuseUnknown(resourceOf('AWS::CloudWatch::Alarm'));
  const refusing = () => refuseUnknown(resourceOf('AWS::Kinesis::Stream'));
  expect(refusing).toThrow(HostError);
  expect(refusing).toThrow(/holds Thing, a AWS::Kinesis::Stream/);
});
