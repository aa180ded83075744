import { badFields, HttpProblem, pointerOf } from './http-problem.ts';
import { type Body, bytesOf } from './json-body.ts';

const FORM_TYPE = /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i;

/**
 * The fields of a form, in either of the two ways that RFC 8058 lets mail programs send one.
 * @throws HttpProblem 400, 413 or 415; never quoting the body
 */
export async function parseFormBody(body: Body): Promise<Record<string, string>> {
  if (body.contentType === undefined || !FORM_TYPE.test(body.contentType.trim())) {
    throw new HttpProblem(415, 'The body must be application/x-www-form-urlencoded or multipart/form-data.');
  }
  const fields = await fieldsOf(bytesOf(body), body.contentType);
  const names = fields.map(([name]) => name);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  if (repeated.size > 0) {
    throw badFields(
      [...repeated].map((name) => ({ pointer: pointerOf('#', [name]), detail: 'is given more than once' })),
    );
  }
  return Object.fromEntries(fields);
}

async function fieldsOf(bytes: Buffer<ArrayBuffer>, contentType: string): Promise<readonly [string, string][]> {
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
  } catch {
    // The parser's own message may quote the body.
    throw new HttpProblem(400, 'The body is not a valid form.');
  }
  return [...form].map(([name, value]) => {
    if (typeof value !== 'string') throw new HttpProblem(400, 'The form must not hold a file.');
    return [name, value];
  });
}
