/** A body that is sent as it is, with the headers that say what it is: of a media type that is no JSON. */
export interface EncodedBody {
  readonly bytes: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}
