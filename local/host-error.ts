/** A fault of the machine, its settings or the template that its user can mend: shown as one sentence, without a stack. */
export class HostError extends Error {
  override readonly name = 'HostError';
}
