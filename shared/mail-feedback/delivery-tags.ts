import {
  BUYER_CHANNELS,
  type DeliveryChannel,
  type DeliveryKey,
  LEAD_CHANNELS,
  LEAD_NOTICES,
} from '../outbox/delivery.ts';

/** Names of the tags that a mail carries, by which what SES says of it later is told to its delivery. */
const GROUP_TAG = 'group';
const CHANNEL_TAG = 'channel';

const CHANNELS: readonly string[] = [...BUYER_CHANNELS, ...LEAD_CHANNELS, ...LEAD_NOTICES];
const GROUP = /^(lead|mail)_([A-Za-z0-9-]+)$/;

/** The tags of a delivery's mail. SES allows letters, digits, hyphens and underscores; an address is never among them. */
export function tagsOfDelivery({ group, channel }: DeliveryKey): Readonly<Record<string, string>> {
  return { [GROUP_TAG]: group.replace('#', '_'), [CHANNEL_TAG]: channel };
}

/** The delivery that a mail's tags name, as SES repeats them; `undefined` when they name none. */
export function deliveryOfTags(tags: Readonly<Record<string, readonly string[]>>): DeliveryKey | undefined {
  const [group = '', ...otherGroups] = tags[GROUP_TAG] ?? [];
  const [channel = '', ...otherChannels] = tags[CHANNEL_TAG] ?? [];
  const [, kind, id] = GROUP.exec(group) ?? [];
  if (kind === undefined || otherGroups.length + otherChannels.length > 0 || !CHANNELS.includes(channel))
    return undefined;
  return { group: `${kind}#${id}`, channel: channel as DeliveryChannel };
}
