/** What stands in the way of a deployment, or ended it: a sentence for each thing, for the person at the terminal to mend. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(lines: readonly string[], options?: ErrorOptions) {
    super(lines.join('\n'), options);
  }
}
