/** A stylesheet's text, put into the bundle by the build. */
declare module '*.css' {
  const css: string;
  export default css;
}
