import type { DispatchDesk } from '../../shared/outbox/dispatch-desk.ts';
import type { WebhookPost } from '../../shared/webhooks/webhook-post.ts';

export const ESCALATION_EMAIL = 'group@stores.example';

/** What a desk sends with: waits have no jitter, every mail has its turn, and every endpoint takes what is posted to it. */
export function sendingParts(
  posts: WebhookPost[] = [],
): Pick<DispatchDesk, 'escalationEmail' | 'chance' | 'awaitMailTurn' | 'postWebhook'> {
  return {
    escalationEmail: ESCALATION_EMAIL,
    chance: () => 0,
    awaitMailTurn: async () => ({ giveBack() {} }),
    async postWebhook(webhook) {
      posts.push(webhook);
      return { kind: 'delivered' };
    },
  };
}
