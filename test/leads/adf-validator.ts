import { readFileSync } from 'node:fs';
import { DtdValidator, XmlDocument, XmlDtd, XmlError } from 'libxml2-wasm';

const DTD = readFileSync(new URL('adf-1.0-strict.dtd', import.meta.url), 'utf8');

/** The faults that libxml2 finds in ADF documents by the strict DTD; none when all are valid. */
export function adfFaults(documents: readonly string[]): readonly string[] {
  using validator = new DtdValidator(XmlDtd.fromString(DTD));
  return documents.flatMap((text) => {
    try {
      using document = XmlDocument.fromString(text);
      validator.validate(document);
      return [];
    } catch (error) {
      if (error instanceof XmlError) return [error.message];
      throw error;
    }
  });
}
