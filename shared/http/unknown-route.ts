import { type ChainOptions, httpHandler } from './api.ts';
import { HttpProblem } from './http-problem.ts';

/** Answers 405 with `Allow` for a known path and 404 for any other. @param routes `METHOD /path/{parameter}` */
export function refuseUnknownRoute(routes: readonly string[], options: ChainOptions = {}) {
  const known = routes.map((route) => {
    const [method = '', path = ''] = route.split(' ');
    const pattern = path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
    return { method, pattern: new RegExp(`^${pattern}$`) };
  });
  return httpHandler(async (event) => {
    const allowed = known.filter(({ pattern }) => pattern.test(event.rawPath)).map(({ method }) => method);
    if (allowed.length === 0) throw new HttpProblem(404, 'There is nothing at this address. See GET /v1/openapi.json.');
    const methods = [...new Set(allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
    throw new HttpProblem(405, `This address takes ${methods.join(', ')} only.`, {
      headers: { allow: methods.join(', ') },
    });
  }, options);
}
