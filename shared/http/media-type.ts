/**
 * The offered media type that the `Accept` header likes best (RFC 9110, 12.5.1); the first one offered when there is no
 * header or nothing fits, for a caller that gets JSON can still read it.
 */
export function chooseMediaType(accept: string | undefined, offered: readonly string[]): string | undefined {
  const wanted = (accept ?? '')
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { type, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { type } of wanted) {
    const match = offered.find(
      (mediaType) => type === mediaType || type === '*/*' || type === `${mediaType.split('/')[0]}/*`,
    );
    if (match !== undefined) return match;
  }
  return offered[0];
}

/** A parameter of the media type as the `Accept` header names it: `spreadsheet` for `dialect` in `text/csv;dialect=spreadsheet`. */
export function parameterOfAccepted(accept: string | undefined, mediaType: string, name: string): string | undefined {
  for (const range of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (type !== mediaType) continue;
    const [, value] = parameters.map((parameter) => parameter.split('=')).find(([key]) => key === name) ?? [];
    if (value !== undefined) return value.replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}
