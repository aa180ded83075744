/** A line of the product, broken on purpose, and the tests that have to see it. */
export interface Mutation {
  /** What the broken product does, as a sentence's end: "the truth is missed when …". */
  readonly name: string;
  /** Relative to the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Test files, relative to `test/`. */
  readonly tests: readonly string[];
}

const RESERVATIONS = ['reservations/reservation-table.test.ts', 'reservations/at-once.test.ts'];
const LIFE = ['reservations/transitions.test.ts', 'reservations/reservation-life.test.ts'];
const RECOVERY = ['recovery/rehearsal.test.ts', 'recovery/other-tables.test.ts'];
const OUTBOX = ['outbox/outbox-table.test.ts', 'outbox/send-delivery.test.ts'];

/**
 * What the tables do to a client broken on purpose is in test/reservations/broken-variants.ts; these are lines of the sources,
 * in every room.
 */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a state is written over whatever came first',
    file: 'shared/reservations/reservation-rows-table.ts',
    find: ": { ConditionExpression: 'version = :version', ExpressionAttributeValues: { ':version': from.version } }),",
    replace: ': {}),',
    tests: RESERVATIONS,
  },
  {
    name: 'a number may be given twice',
    file: 'shared/reservations/reservation-rows-table.ts',
    find: "Item: { ...numberKey(to.number), reservationId: to.id },\n        ConditionExpression: 'attribute_not_exists(pk)',",
    replace: 'Item: { ...numberKey(to.number), reservationId: to.id },',
    tests: RESERVATIONS,
  },
  {
    name: 'the facts of a step are dropped',
    file: 'shared/reservations/reservation-table.ts',
    find: '        ...transition.facts.map((fact) => others.facts.addition(fact)),\n',
    replace: '',
    tests: ['reservations/at-once.test.ts', 'reservations/transitions.test.ts'],
  },
  {
    name: 'a day is not announced before its first fact',
    file: 'shared/reservations/reservation-table.ts',
    find: '      for (const fact of transition.facts) await others.facts.announceDay(dayOf(fact.hour));\n',
    replace: '',
    tests: RESERVATIONS,
  },
  {
    name: 'a request is tried again without its key',
    file: 'shared/reservations/submit-interest.ts',
    find: 'await desk.reservations.commit(submit(current, interest, moment), record, mailCounts(body.email, moment, desk));',
    replace:
      'await desk.reservations.commit(submit(current, interest, moment), undefined, mailCounts(body.email, moment, desk));',
    tests: ['reservations/at-once.test.ts', 'reservations/transitions.test.ts'],
  },
  {
    name: 'the same key passes with another body',
    file: 'shared/reservations/submit-interest.ts',
    find: "kind: known.fingerprint === record?.fingerprint ? 'accepted' : 'key-reused'",
    replace: "kind: 'accepted'",
    tests: ['reservations/reservation-table.test.ts', 'journey/reservation.test.ts'],
  },
  {
    name: 'a full mailbox is mailed on',
    file: 'shared/reservations/submit-interest.ts',
    find: 'return MAILBOX_LIMITS.map((limit) => desk.limits.addition(limit, subject, nowMilliseconds));',
    replace: 'return MAILBOX_LIMITS.slice(1).map((limit) => desk.limits.addition(limit, subject, nowMilliseconds));',
    tests: ['limits/form-limits.test.ts'],
  },
  {
    name: 'robots that fill the trap are taken',
    file: 'shared/reservations/submit-interest.ts',
    find: "if (body.company !== undefined && body.company !== '') return { kind: 'accepted' };",
    replace: '',
    tests: ['journey/reservation.test.ts', 'journey/limits.test.ts', 'limits/form-limits.test.ts'],
  },
  {
    name: 'a link of an earlier mail confirms what it did not say',
    file: 'shared/reservations/reservation-life.ts',
    find: 'if (current.version !== version || isExpired(current, nowMilliseconds)) return undefined;',
    replace: 'if (isExpired(current, nowMilliseconds)) return undefined;',
    tests: LIFE,
  },
  {
    name: 'a link confirms after its time',
    file: 'shared/reservations/reservation-life.ts',
    find: 'if (current.version !== version || isExpired(current, nowMilliseconds)) return undefined;',
    replace: 'if (current.version !== version) return undefined;',
    tests: LIFE,
  },
  {
    name: 'a withdrawal is not counted',
    file: 'shared/reservations/reservation-life.ts',
    find: "facts: [fact('withdrawn', current, moment)],",
    replace: 'facts: [],',
    tests: LIFE,
  },
  {
    name: 'who moves in is not counted',
    file: 'shared/reservations/reservation-change.ts',
    find: "[fact('movedOut', current, moment), fact('movedIn', to, moment)]",
    replace: "[fact('movedOut', current, moment)]",
    tests: ['reservations/change-reservation.test.ts', 'reservations/transitions.test.ts'],
  },
  {
    name: 'a token of another purpose opens',
    file: 'shared/reservations/signed-token.ts',
    find: '.update(`${purpose}.${key.id}.${payload}`)',
    replace: '.update(`${key.id}.${payload}`)',
    tests: ['reservations/signed-token.test.ts'],
  },
  {
    name: 'a token opens after its time',
    file: 'shared/reservations/signed-token.ts',
    find: 'return nowMilliseconds < expiresAtSeconds * 1000 ? { subject, version, expiresAtSeconds } : undefined;',
    replace: 'return { subject, version, expiresAtSeconds };',
    tests: ['reservations/signed-token.test.ts'],
  },
  {
    name: 'one person is two by the case of an address',
    file: 'shared/reservations/person-key.ts',
    find: 'email.trim().toLowerCase()',
    replace: 'email.trim()',
    tests: ['reservations/person-key.test.ts'],
  },
  {
    name: 'a delivery is claimed by whoever likes',
    file: 'shared/outbox/delivery-claims-table.ts',
    find: "ConditionExpression: '#status = :pending AND dueAtSeconds <= :now',",
    replace:
      "ConditionExpression: '#status = :pending AND (dueAtSeconds <= :now OR attempts > :now OR attempts <= :now)',",
    tests: [...OUTBOX, 'outbox/fault-runs.test.ts'],
  },
  {
    name: 'a claim has no end',
    file: 'shared/outbox/delivery-claims-table.ts',
    find: 'const LEASE_SECONDS = 120;',
    replace: 'const LEASE_SECONDS = 1_000_000_000;',
    tests: ['outbox/outbox-table.test.ts', 'outbox/fault-runs.test.ts'],
  },
  {
    name: 'whoever comes late settles another’s claim',
    file: 'shared/outbox/delivery-claims-table.ts',
    find: "'#status = :pending AND attempts = :attempts AND reservationVersion = :version AND createdAt = :createdAt'",
    replace:
      "'#status = :pending AND (attempts = :attempts OR attempts > :attempts) AND reservationVersion = :version AND createdAt = :createdAt'",
    tests: OUTBOX,
  },
  {
    name: 'what is done stays due',
    file: 'shared/outbox/delivery-claims-table.ts',
    find: "done ? ' REMOVE due' : '',",
    replace: '',
    tests: OUTBOX,
  },
  {
    name: 'a delivery is added over the one that is there',
    file: 'shared/outbox/outbox-table.ts',
    find: "Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' },",
    replace: 'Put: { TableName: tableName, Item },',
    tests: OUTBOX,
  },
  {
    name: 'a refused mail is taken for sent',
    file: 'shared/outbox/send-delivery.ts',
    find: "return lasting ? { kind: 'failed', reason } : { kind: 'retry', reason, unanswered: !answered };",
    replace: "return { kind: 'delivered' };",
    tests: ['outbox/send-delivery.test.ts'],
  },
  {
    name: 'mails do not wait for their turn',
    file: 'shared/outbox/send-delivery.ts',
    find: 'if (!isMail(key.channel)) return dispatchNow(key, desk, onClaim, () => {});',
    replace: 'if (key.channel.length > 0) return dispatchNow(key, desk, onClaim, () => {});',
    tests: ['outbox/mail-turns.test.ts', 'outbox/send-delivery.test.ts', 'outbox/dispatch-run.test.ts'],
  },
  {
    name: 'a store without the lead is told that it is closed',
    file: 'shared/outbox/lead-delivery.ts',
    find: "  const reach = await desk.outbox.reachOf(leadId, desk.nowMilliseconds());\n  if (reach === 'not-reached') return NEVER_SENT;\n  // Told",
    replace: '  const reach = await desk.outbox.reachOf(leadId, desk.nowMilliseconds());\n  // Told',
    tests: ['outbox/lead-closed.test.ts'],
  },
  {
    name: 'a withdrawn store’s CRM gets people’s data',
    file: 'shared/outbox/lead-delivery.ts',
    find: "  if (dealer.status === 'withdrawn') return mailInstead(standing, 'the store is withdrawn', desk);\n  const address",
    replace: '  const address',
    tests: ['outbox/lead-closed.test.ts', 'outbox/send-delivery.test.ts'],
  },
  {
    name: 'a buyer who complained is mailed on',
    file: 'shared/outbox/buyer-mail-delivery.ts',
    find: "if (reservation.mailStopped) return { kind: 'cancelled', reason: 'the buyer wants no mail' };",
    replace: '',
    tests: ['outbox/waiting-leads.test.ts'],
  },
  {
    name: 'a fact may be written over',
    file: 'shared/counts/fact-table.ts',
    find: "          // Nothing is ever rewritten.\n          ConditionExpression: 'attribute_not_exists(pk)',\n",
    replace: '',
    tests: ['counts/fact-table.test.ts'],
  },
  {
    name: 'a shard of a day is not read',
    file: 'shared/counts/fact-table.ts',
    find: 'Array.from({ length: SHARDS }, (_, shard) => ({ day, shard }))',
    replace: 'Array.from({ length: SHARDS - 1 }, (_, shard) => ({ day, shard }))',
    tests: ['counts/fact-table.test.ts'],
  },
  {
    name: 'those who moved out count as standing',
    file: 'shared/counts/grouping.ts',
    find: '  movedOut: -1,',
    replace: '  movedOut: 0,',
    tests: ['counts/grouping.test.ts'],
  },
  {
    name: 'the second round of a search is left out',
    file: 'shared/geo/nearest.ts',
    find: 'const nextRound = frontier.takeWithin(cutoff);',
    replace: 'const nextRound: readonly number[] = cutoff < 0 ? frontier.takeWithin(cutoff) : [];',
    tests: ['geo/nearest.test.ts'],
  },
  {
    name: 'the date line is a wall',
    file: 'shared/geo/distance.ts',
    find: '  if (degrees > 180) return degrees - 360;\n',
    replace: '',
    tests: ['geo/distance.test.ts', 'geo/nearest.test.ts'],
  },
  {
    name: 'the crest of a side is clamped to its end',
    file: 'shared/geo/distance.ts',
    find: 'return Math.min(arcMeters(lat, south, toSide), arcMeters(lat, north, toSide));',
    replace: 'return arcMeters(lat, Math.min(north, Math.max(south, crest)), toSide);',
    tests: ['geo/distance.test.ts', 'geo/nearest.test.ts'],
  },
  {
    name: 'ties are in any order',
    file: 'shared/geo/nearest.ts',
    find: 'a.distanceMeters - b.distanceMeters || (a.row.id < b.row.id ? -1 : 1)',
    replace: 'a.distanceMeters - b.distanceMeters || (a.row.id < b.row.id ? 1 : -1)',
    tests: ['geo/nearest.test.ts'],
  },
  {
    name: 'an import that was overtaken publishes',
    file: 'shared/dealers/dealer-import-table.ts',
    find: "          UpdateExpression: 'SET published = :number, parts = :parts',\n          ConditionExpression: 'claimed = :number',",
    replace: "          UpdateExpression: 'SET published = :number, parts = :parts',",
    tests: ['dealers/dealer-table.test.ts'],
  },
  {
    name: 'versions that ended are deleted before the new ones show',
    file: 'shared/dealers/dealer-import-table.ts',
    find: '    await this.#publish(visible);\n    try {\n      await this.#delete(ended);',
    replace: '    await this.#delete(ended);\n    await this.#publish(visible);\n    try {',
    tests: ['dealers/dealer-table.test.ts'],
  },
  {
    name: 'a limit lets one more through',
    file: 'shared/limits/limit-table.ts',
    find: 'hits < :most',
    replace: 'hits <= :most',
    tests: ['limits/limit-table.test.ts'],
  },
  {
    name: 'duplicate keys pass',
    file: 'shared/http/json-body.ts',
    find: '  refuseDuplicateKeys(text);\n  return value;',
    replace: '  return value;',
    tests: ['http/json-body.test.ts'],
  },
  {
    name: 'a body may be a megabyte',
    file: 'shared/http/json-body.ts',
    find: 'const MAX_BYTES = 8_192;',
    replace: 'const MAX_BYTES = 1_048_576;',
    tests: ['http/json-body.test.ts'],
  },
  {
    name: 'a repeated parameter passes',
    file: 'shared/http/request.ts',
    find: '  if (repeated.size > 0) {',
    replace: '  if (repeated.size > 1) {',
    tests: ['http/request.test.ts', 'http/api.test.ts'],
  },
  {
    name: 'an answer may have members that the contract does not name',
    file: 'shared/http/api.ts',
    find: "mediaType.endsWith('json') ? JSON.stringify(z.parse(schema, value)) : value,",
    replace: "mediaType.endsWith('json') ? JSON.stringify(value) : value,",
    tests: ['http/api.test.ts'],
  },
  {
    name: 'an error’s message is told to the caller',
    file: 'shared/http/middleware.ts',
    find: "return new HttpProblem(500, 'Something went wrong on our side. Please try again; quote the instance if it persists.');",
    replace: 'return new HttpProblem(500, String(error));',
    tests: ['http/api.test.ts'],
  },
  {
    name: 'what is a person’s may be cached',
    file: 'shared/http/middleware.ts',
    find: "response.headers = { 'cache-control': 'no-store', ...response.headers, ...headers };",
    replace: 'response.headers = { ...response.headers, ...headers };',
    tests: ['http/api.test.ts'],
  },
  {
    name: 'a mail has people’s HTML',
    file: 'shared/mail/mail-layout.ts',
    find: "import { escapeAttribute } from 'entities/escape';",
    replace: 'const escapeAttribute = (text: string) => text;',
    tests: ['mail/mail-layout.test.ts', 'mail/mails.test.ts'],
  },
  {
    name: 'an ADF has people’s XML',
    file: 'shared/leads/adf.ts',
    find: '  const rest = `>${encodeXML(value)}</${name}>`;',
    replace: '  const rest = `>${value}</${name}>`;',
    tests: ['leads/adf.test.ts'],
  },
  {
    name: 'a webhook’s body is not signed',
    file: 'shared/webhooks/webhook-signature.ts',
    find: 'const signed = `${id}.${timestampSeconds}.${body}`;',
    replace: 'const signed = `${id}.${timestampSeconds}.`;',
    tests: ['webhooks/webhook-signature.test.ts'],
  },
  {
    name: 'a webhook leads into the own network',
    file: 'shared/webhooks/webhook-address.ts',
    find: "  if (parsed.range() !== 'unicast') return false;\n",
    replace: '',
    tests: ['webhooks/webhook-address.test.ts'],
  },
  {
    name: 'an erasure is not noted for the day that a table is restored',
    file: 'shared/reservations/reservation-table.ts',
    find: '        ...erasuresOf(transition).map(({ id, day }) => others.facts.erasure(id, day)),\n',
    replace: '',
    tests: RECOVERY,
  },
  {
    name: 'a restored table keeps people who have withdrawn',
    file: 'shared/recovery/recovery.ts',
    find: '    await desk.reservations.commit(step);\n    erased += 1;',
    replace: '    erased += 1;',
    tests: RECOVERY,
  },
  {
    name: 'a restored confirmation is given another place in line',
    file: 'shared/recovery/steps-again.ts',
    find: 'nowMilliseconds: Date.parse(lead.createdAt), newId: () => lead.id',
    replace: 'nowMilliseconds: Date.parse(lead.createdAt) + 1_000, newId: () => lead.id',
    tests: RECOVERY,
  },
  {
    name: 'a lead that is restored can never be closed again',
    file: 'shared/recovery/recovery.ts',
    find: '  await eachOf(misfits.closingsAstray, (key) => desk.leads.deleteClosing(key));\n',
    replace: '',
    tests: RECOVERY,
  },
  {
    name: 'what is lost with a restored table stays counted',
    file: 'shared/recovery/mend-counts.ts',
    find: "    add('movedOut', dimensions, left - withdrawn);\n",
    replace: '',
    tests: RECOVERY,
  },
  {
    name: 'stores that nobody has published are an empty list',
    file: 'shared/dealers/dealer-rows-table.ts',
    find: 'if (published === 0) throw new StoresNotPublished(',
    replace: 'if (published < 0) throw new StoresNotPublished(',
    tests: ['dealers/find-dealers-function.test.ts', 'dealers/dealer-table.test.ts'],
  },
  {
    name: 'the canary’s searches are counted',
    file: 'shared/counts/searched-lines.ts',
    find: ' && $.distanceBand = "*"',
    replace: '',
    tests: ['local/log-pattern.test.ts'],
  },
  {
    name: 'a claim from before a redelivery settles it',
    file: 'shared/outbox/delivery-claims-table.ts',
    find: 'AND reservationVersion = :version AND createdAt = :createdAt',
    replace:
      'AND reservationVersion = :version AND (createdAt = :createdAt OR createdAt < :createdAt OR createdAt > :createdAt)',
    tests: [...OUTBOX, 'outbox/renewal.test.ts'],
  },
  {
    name: 'the last day that can be written counts nothing',
    file: 'shared/counts/period.ts',
    find: 'to === undefined || to === LAST_DAY ? undefined',
    replace: 'to === undefined ? undefined',
    tests: ['counts/period.test.ts'],
  },
];
