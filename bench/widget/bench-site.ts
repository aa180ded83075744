import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';
import { dealersAnswer, formAnswer, interestAnswer, placesAnswer } from '../../test/web/stub-answers.ts';
import { CONTENT_SECURITY_POLICY } from '../../test/web/stub-site.ts';
import { buildWeb } from '../../web/build.ts';
import { servedFile } from '../../web/served-files.ts';

const FOLDER = join(import.meta.dirname, '../../dist/web');

/** The built pages, gzipped as an edge would send them, over an API that answers at once. */
export async function serveBenchSite(): Promise<LoopbackServer> {
  await buildWeb();
  const answers: Readonly<Record<string, object>> = {
    '/v1/dealers': dealersAnswer({ count: 10 }),
    '/v1/places': placesAnswer(),
    '/v1/form': formAnswer('en-US'),
    '/v1/interests': interestAnswer(),
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const path = normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const answer = answers[pathname];
    const contents =
      answer === undefined
        ? await readFile(join(FOLDER, path)).catch(() => undefined)
        : Buffer.from(JSON.stringify(answer));
    if (contents === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
    response.setHeader(
      'content-type',
      answer === undefined ? servedFile(path, 'page').contentType : 'application/json',
    );
    response.setHeader('content-encoding', 'gzip');
    response.end(gzipSync(contents));
  };
  return await startLoopbackServer(serve, (error) => console.error(error));
}
