import type { CatalogueItem } from './catalogue-item.ts';
import type { Expectation, FuzzRequest } from './fuzz-request.ts';
import type { OperationUnderFuzz } from './operation-under-fuzz.ts';

/** Tokens of every wrong kind, and what they must not open. */
export function credentialItems(): readonly CatalogueItem[] {
  const bearer = (token: string): readonly (readonly [string, string])[] => [['authorization', `Bearer ${token}`]];
  const tampered = (token: string): readonly string[] => {
    const [first = '', claims = '', signature = ''] = token.split('.');
    const flipped = `${signature.slice(0, -2)}${signature.at(-2) === 'A' ? 'B' : 'A'}${signature.at(-1)}`;
    return [
      `${first}.${claims}.${flipped}`,
      `${first}.${claims}A.${signature}`,
      `${first}.${claims}.`,
      `.${claims}.${signature}`,
      `${first}x.${claims}.${signature}`,
      `${token}.x`,
      token.slice(0, -1),
      `${token}=`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`,
    ];
  };
  const refusals = ({ operation }: OperationUnderFuzz): Expectation =>
    operation.security.startsWith('oidc') ? { statuses: [401, 403], outside: true } : { statuses: [401] };
  const isGuarded = ({ operation }: OperationUnderFuzz): boolean => operation.security !== 'public';
  const tokenOf = (under: OperationUnderFuzz): string =>
    String(Reflect.get(Object(under.right.body), 'token') ?? under.right.query['token'] ?? '');
  const withToken = (
    under: OperationUnderFuzz,
    token: string,
    label: string,
    statuses: readonly number[],
  ): FuzzRequest => {
    const { right } = under;
    const input =
      'token' in right.query
        ? { ...right, query: { ...right.query, token } }
        : { ...right, body: { ...(right.body as object), token } };
    return under.write(input, { label, expects: { statuses } });
  };
  const takesToken = (under: OperationUnderFuzz): boolean => tokenOf(under) !== '';
  return [
    {
      name: 'missing and odd credentials',
      of: (under) =>
        isGuarded(under)
          ? [
              [],
              [['authorization', 'Basic eDp5']],
              [['authorization', 'Bearer']],
              [['authorization', 'Bearer  \t']],
              [['authorization', `Bearer ${'x'.repeat(2_000)}`]],
              bearer('a.b.c'),
              bearer('..'),
            ].map((credential) =>
              under.write(under.right, {
                label: 'no credential, or an odd one',
                credential: credential as readonly (readonly [string, string])[],
                expects: refusals(under),
              }),
            )
          : [],
    },
    {
      name: 'tampered tokens',
      of(under, world) {
        const credential =
          world.credential(under.operation.security, under.method)[0]?.[1]?.replace('Bearer ', '') ?? '';
        const inHeader = isGuarded(under)
          ? tampered(credential).map((token) =>
              under.write(under.right, {
                label: 'a tampered token',
                credential: bearer(token),
                expects: refusals(under),
              }),
            )
          : [];
        const inInput = takesToken(under)
          ? tampered(tokenOf(under)).map((token) => withToken(under, token, 'a tampered token', [404]))
          : [];
        const inForm = hasFormToken(under)
          ? tampered(world.formToken).map((formToken) =>
              under.write(
                { ...under.right, body: { ...(under.right.body as object), formToken } },
                { label: 'a tampered form token', expects: { statuses: [400], names: '#/formToken' } },
              ),
            )
          : [];
        return [...inHeader, ...inInput, ...inForm];
      },
    },
    {
      name: 'expired tokens',
      of(under, world) {
        const { expired } = world;
        if (expired === undefined) return [];
        const inHeader =
          under.operation.security === 'manage-token'
            ? [
                under.write(under.right, {
                  label: 'an expired token',
                  credential: bearer(expired.manage),
                  expects: { statuses: [401] },
                }),
              ]
            : [];
        const purpose = purposeOf(under);
        const inInput = purpose === undefined ? [] : [withToken(under, expired[purpose], 'an expired token', [404])];
        const inForm = hasFormToken(under)
          ? [
              under.write(
                { ...under.right, body: { ...(under.right.body as object), formToken: expired.form } },
                { label: 'an expired form token', expects: { statuses: [400], names: '#/formToken' } },
              ),
            ]
          : [];
        return [...inHeader, ...inInput, ...inForm];
      },
    },
    {
      name: 'replayed tokens',
      of(under, world) {
        const { gone } = world;
        const inHeader =
          under.operation.security === 'manage-token'
            ? [
                under.write(under.right, {
                  label: 'a token of one who has withdrawn',
                  credential: bearer(gone.manageToken),
                  expects: { statuses: [401] },
                }),
              ]
            : [];
        switch (purposeOf(under)) {
          case 'confirm':
            return [...inHeader, withToken(under, gone.confirmToken, 'a link of one who has withdrawn', [404])];
          case 'unsubscribe':
            return [
              ...inHeader,
              withToken(under, gone.unsubscribeToken, 'a link of one who has withdrawn', [204, 404]),
            ];
          case 'acknowledge':
            return [...inHeader, ...[1, 2].map(() => withToken(under, tokenOf(under), 'a link twice', [200]))];
          default:
            return inHeader;
        }
      },
    },
    {
      name: 'tokens of another purpose',
      of(under, world) {
        const { holder } = world;
        const all = [
          holder.confirmToken,
          holder.manageToken,
          holder.unsubscribeToken,
          holder.acknowledgeToken,
          world.formToken,
        ];
        const inHeader =
          under.operation.security === 'manage-token'
            ? all
                .filter((token) => token !== holder.manageToken)
                .map((token) =>
                  under.write(under.right, {
                    label: 'a token of another purpose',
                    credential: bearer(token),
                    expects: { statuses: [401] },
                  }),
                )
            : [];
        const inInput = takesToken(under)
          ? all
              .filter((token) => token !== tokenOf(under))
              .map((token) => withToken(under, token, 'a token of another purpose', [404]))
          : [];
        return [...inHeader, ...inInput];
      },
    },
    {
      name: 'another scope',
      of(under, world) {
        const { tokens } = world.stack;
        const { security } = under.operation;
        if (!security.startsWith('oidc')) return [];
        const others = [tokens.none, security === 'oidc-counts' ? tokens.leads : tokens.counts];
        return others.map((token) =>
          under.write(under.right, {
            label: 'a token of another scope',
            credential: bearer(token),
            expects: { statuses: [403], outside: true },
          }),
        );
      },
    },
    {
      name: 'another dealer’s lead',
      of(under, world) {
        if (purposeOf(under) !== 'acknowledge') return [];
        const { holder, other } = world;
        return [
          under.write(
            { ...under.right, pathParameter: other.leadId, body: { token: holder.acknowledgeToken } },
            { label: 'a lead that the token is not for', expects: { statuses: [404] } },
          ),
          under.write(
            { ...under.right, pathParameter: holder.leadId.toUpperCase(), body: { token: holder.acknowledgeToken } },
            { label: 'a lead’s id in other letters', expects: { statuses: [404] } },
          ),
        ];
      },
    },
    {
      name: 'e-mail over 254 or 64',
      of: (under) =>
        hasMember(under, 'email')
          ? [
              `${'a'.repeat(65)}@fuzz.example`,
              `a@${'b.'.repeat(130)}example`,
              `"${'a'.repeat(10)}"@fuzz.example`,
              `zq-a@fuzz.example\n`,
              'zq-a@[127.0.0.1]',
              'zq-a@fuzz',
              '@fuzz.example',
              'zq-ä@fuzz.example',
              'zq-a@fuzz..example',
              'zq-a,b@fuzz.example',
              'zq-a@fuzz.example,zq-b@fuzz.example',
            ].map((email) =>
              under.write(
                { ...under.right, body: { ...(under.right.body as object), email } },
                { label: 'an address that is none, or too long', expects: { statuses: [400], names: '#/email' } },
              ),
            )
          : [],
    },
  ];
}

const hasMember = (under: OperationUnderFuzz, name: string): boolean => Object.hasOwn(Object(under.right.body), name);
const hasFormToken = (under: OperationUnderFuzz): boolean => hasMember(under, 'formToken');

function purposeOf({ path }: OperationUnderFuzz): 'confirm' | 'unsubscribe' | 'acknowledge' | undefined {
  return (['confirm', 'unsubscribe', 'acknowledge'] as const).find((purpose) => path.endsWith(`/${purpose}`));
}
