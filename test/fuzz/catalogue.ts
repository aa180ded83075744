import { addressItems, headerItems, queryItems } from './catalogue-addresses.ts';
import { bodyItems } from './catalogue-bodies.ts';
import { credentialItems } from './catalogue-credentials.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import { everywhere } from './catalogue-values.ts';

/** Every item of the catalogue of bad input, each in every place of an operation that takes such a thing. */
export const CATALOGUE: readonly CatalogueItem[] = [
  everywhere('NaN', ['NaN', '-NaN', 'nan,nan'], ['NaN']),
  everywhere('infinities', ['Infinity', '-Infinity', 'Infinity,0'], ['Infinity', '-Infinity']),
  everywhere('1e309', ['1e309', '1e309,1e309', '1e1'], ['1e309', '-1e309']),
  everywhere('hexadecimal', ['0x10', '0x10,0x10', '0b1', '0o7'], ['0x10']),
  everywhere('full-width digits', ['１２', '３３３２４', '２６.１,-８０.２'], []),
  everywhere('minus zero', ['-0', '-0,-0', '-0.0'], ['-0']),
  everywhere('poles', ['90,0', '-90,0', '90.0000001,0', '-90,180'], []),
  everywhere('±180', ['0,180', '0,-180', '0,180.0000001', '52,-180'], []),
  everywhere('a trailing newline', ['33324\n', 'a110\n', '2745\r\n', 'ok\u2028'], ['"33324\\n"']),
  everywhere('NUL', ['\u0000', '33324\u0000', 'a\u0000b'], ['"\\u0000"']),
  everywhere('U+000B', ['\u000b', '33324\u000b', '\u000b33324'], ['"\\u000b"']),
  everywhere('lone surrogates', ['\ud800', 'a\udfff'], ['"\\ud800"', '"\\udc00\\ud800"']),
  everywhere('zero-width names', ['\u200b', '\u200b\u200d\ufeff', '\u2060', '\u115f'], []),
  everywhere('CR and LF', ['Ada\r\nBcc: x@evil.example', 'a@b.co\r\nRCPT TO:<x@evil.example>', 'a\nb'], []),
  everywhere(
    'formula cells',
    ['=HYPERLINK("http://evil.example")', '+1+1', '-1+1', '@SUM(A1)', '\t=1', '=cmd|calc'],
    [],
  ),
  everywhere(
    'HTML',
    ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '&lt;b&gt;', "'; DROP TABLE--"],
    [],
  ),
  everywhere(
    'impossible dates',
    ['2026-02-30', '2026-13-01', '0000-00-00', '2025-02-29', '2026-2-1', '+275760-09-13'],
    [],
  ),
  everywhere('booleans as text', ['true', 'false', '1', '0', 'yes'], ['"true"', '"false"', '1', '0', '[]']),
  everywhere(
    'names of prototypes',
    ['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
    ['{"__proto__":{"a":1}}'],
  ),
  everywhere('ways out of folders and templates', ['../../etc/passwd', '${7*7}', '{{7*7}}', '%00', '%2e%2e%2f'], []),
  ...bodyItems(),
  ...queryItems(),
  ...headerItems(),
  ...addressItems(),
  ...credentialItems(),
];
