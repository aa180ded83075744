import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WebFile } from '../../infra/deploy/aws-web-files.ts';
import { readWebFiles, uploadWebFiles } from '../../infra/deploy/web-upload.ts';
import { buildWeb } from '../../web/build.ts';
import { CACHE_CONTROL, servedFile } from '../../web/served-files.ts';
import { MemoryAccount } from '../support/memory-account.ts';

const TARGET = { bucket: 'web', distributionId: 'E1', reference: 'test' };
const isImmutable = ({ cacheControl }: WebFile): boolean => cacheControl === CACHE_CONTROL.immutable;

/** Files of one build: what is immutable has its content in its name. */
const build = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'es/c', 'd e'),
      content: fc.constantFrom('1', '2', '3'),
      kind: fc.constantFrom('html', 'js', 'hashed'),
    }),
    { selector: ({ name, content, kind }) => (kind === 'hashed' ? `${name}-${content}.js` : `${name}.${kind}`) },
  )
  .map(
    (files) =>
      new Map(
        files.map(({ name, content, kind }): [string, WebFile] => {
          const key = kind === 'hashed' ? `${name}-${content}.js` : `${name}.${kind}`;
          const caching = kind === 'hashed' ? 'immutable' : kind === 'html' ? 'page' : 'evergreen';
          return [key, { body: Buffer.from(content), ...servedFile(key, caching) }];
        }),
      ),
  );

test('after any builds, the newest is there, every immutable file that ever was, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(build, { minLength: 1, maxLength: 4 }), async (builds) => {
      const account = new MemoryAccount();
      const expected = new Map<string, WebFile>();
      for (const files of builds) {
        await uploadWebFiles(account, TARGET, files);
        for (const [key, file] of expected) if (!isImmutable(file)) expected.delete(key);
        for (const [key, file] of files) expected.set(key, file);
        expect(new Map([...account.files].toSorted())).toEqual(new Map([...expected].toSorted()));
      }
    }),
  );
});

test('pages come last, old ones go after them, and the edge forgets whatever is not immutable', async () => {
  await fc.assert(
    fc.asyncProperty(build, build, async (before, files) => {
      const account = new MemoryAccount();
      await uploadWebFiles(account, TARGET, before);
      account.calls.length = 0;
      const { put, deleted } = await uploadWebFiles(account, TARGET, files);
      expect(put).toBe(files.size);
      const kinds = account.calls.map((call) => {
        const [verb = '', key = ''] = call.split(/ (.*)/s);
        if (verb !== 'put') return verb;
        const file = files.get(key);
        return file && isImmutable(file) ? '1' : key.endsWith('.html') ? '3' : '2';
      });
      expect(kinds.join()).toMatch(/^(1,?)*(2,?)*(3,?)*(delete,?)*(invalidate)?$/);
      const changing = [...files].filter(([, file]) => !isImmutable(file)).map(([key]) => key);
      const paths = [...changing, ...deleted].map((key) => `/${key.replaceAll(' ', '%20')}`);
      const invalidations = account.calls.filter((call) => call.startsWith('invalidate'));
      expect(invalidations).toEqual(paths.length === 0 ? [] : [`invalidate ${paths.toSorted().join(' ')}`]);
    }),
  );
});

test('a file that the manifest names and nobody built ends the deployment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'web-'));
  writeFileSync(`${folder}-files.json`, JSON.stringify({ 'index.html': servedFile('index.html', 'page') }));
  await expect(readWebFiles(folder)).rejects.toThrow(/ENOENT/);
  writeFileSync(join(folder, 'index.html'), '<p>');
  expect(await readWebFiles(folder)).toEqual(
    new Map([['index.html', { body: Buffer.from('<p>'), ...servedFile('index.html', 'page') }]]),
  );
});

test('what the build makes can be read back for the upload, pages with a short life', async () => {
  await buildWeb();
  const files = await readWebFiles(join(import.meta.dirname, '../../dist/web'));
  expect(files.get('index.html')).toMatchObject({
    contentType: 'text/html; charset=utf-8',
    cacheControl: CACHE_CONTROL.page,
  });
  for (const [key, { body }] of files) expect(body.byteLength, key).toBeGreaterThan(0);
});
