/** Where the files lie that the widget loads when they are needed, from its own address, and what they must contain. */
declare module 'built:parts' {
  const parts: Readonly<
    Record<'map' | 'reserve' | 'tiles' | 'us-map', { readonly path: string; readonly integrity: string }>
  >;
  export default parts;
}
