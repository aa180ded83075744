import type { AwsAccount, DeployedStack, MailIdentity } from '../../infra/deploy/aws-account.ts';
import type { WebFile } from '../../infra/deploy/aws-web-files.ts';
import type { Cdk } from '../../infra/deploy/cdk-cli.ts';
import type { OriginKeyVersion } from '../../infra/origin-key.ts';

/** An account in memory: what is in it can be read and changed, and everything that was done to it is in `calls`. */
export class MemoryAccount implements AwsAccount {
  readonly calls: string[] = [];
  readonly stacks = new Map<string, DeployedStack>([['CDKToolkit', stackOf({})]]);
  readonly files = new Map<string, WebFile>();
  readonly resources = new Map<string, readonly string[]>();
  readonly secretsWithout = new Set<string>();
  readonly subscriptions = { confirmed: 0, pending: 0 };
  /** The newest last. */
  keys: OriginKeyVersion[] = [];
  account: string | Error = '111122223333';
  identity: MailIdentity | undefined;
  mail = { outOfSandbox: false, sendingEnabled: true, mailsPerSecond: 1 };
  users = false;
  alarmStates: Record<string, string> = {};
  webAclId = '';

  async accountId(): Promise<string> {
    if (typeof this.account !== 'string') throw this.account;
    return this.account;
  }
  async stack(name: string) {
    return this.stacks.get(name);
  }
  async resourceIds(stackName: string, type: string) {
    return this.resources.get(`${stackName} ${type}`) ?? [];
  }
  async originKey(_: string, version: Parameters<AwsAccount['originKey']>[1]) {
    if (version === 'AWSCURRENT') return this.keys.at(-1);
    if (version === 'AWSPREVIOUS') return this.keys.at(-2);
    return this.keys.find(({ versionId }) => versionId === version.id);
  }
  async putOriginKey(_: string, key: string) {
    this.calls.push('put origin key');
    this.keys.push({ versionId: `version-${this.keys.length + 1}`, key });
  }
  async secretHasValue(secretId: string) {
    return !this.secretsWithout.has(secretId);
  }
  async mailIdentity() {
    return this.identity;
  }
  async mailAccount() {
    return this.mail;
  }
  async poolHasUsers() {
    return this.users;
  }
  async subscribers() {
    return this.subscriptions;
  }
  async alarms() {
    return this.alarmStates;
  }
  async fileKeys() {
    return [...this.files.keys()];
  }
  async cacheControlOf(_: string, key: string) {
    return this.files.get(key)?.cacheControl;
  }
  async putFile(_: string, key: string, file: WebFile) {
    this.calls.push(`put ${key}`);
    this.files.set(key, file);
  }
  async deleteFile(_: string, key: string) {
    this.calls.push(`delete ${key}`);
    this.files.delete(key);
  }
  async invalidate(_: string, paths: readonly string[]) {
    this.calls.push(`invalidate ${paths.join(' ')}`);
  }
  async distribution() {
    return { deployed: true, webAclId: this.webAclId };
  }

  /** Deploys as CloudFormation would: stacks come to be, with the outputs that ours have, and keep parameters that are not given. */
  cdk(outputs: Readonly<Record<string, Readonly<Record<string, string>>>>): Cdk {
    return {
      diff: async (names) => void this.calls.push(`diff ${names.join(' ')}`),
      deploy: async (names, parameters) => {
        this.calls.push(`deploy ${names.join(' ')}`);
        for (const name of names) {
          const part = name.split('-').at(-1) ?? '';
          const given = Object.entries(parameters).flatMap(([key, value]) =>
            key.startsWith(`${name}:`) ? [[key.slice(name.length + 1), value]] : [],
          );
          this.stacks.set(
            name,
            stackOf({
              outputs: outputs[part] ?? {},
              parameters: { ...this.stacks.get(name)?.parameters, ...Object.fromEntries(given) },
            }),
          );
          if (part === 'Data' && this.keys.length === 0)
            this.keys.push({ versionId: 'version-1', key: 'the first key' });
        }
      },
    };
  }
}

export function stackOf(parts: Partial<DeployedStack>): DeployedStack {
  return { status: 'CREATE_COMPLETE', terminationProtection: true, outputs: {}, parameters: {}, ...parts };
}
