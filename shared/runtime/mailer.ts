import { SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { MailContent } from '../mail/mail-content.ts';
import { MailRefused } from '../outbox/send-delivery.ts';

/** SES's refusals that trying again does not mend: the message or an address is at fault, not the moment. */
const LASTING = new Set(['BadRequestException', 'MessageRejected']);

/** Sends mails through SES. @param from the verified sender */
export function sesMailer(from: string): (to: string, content: MailContent) => Promise<void> {
  const client = new SESv2Client({
    maxAttempts: 1, // The outbox tries again, and knows how often it did.
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000 },
  });
  return async (to, { subject, text, html, headers = {} }) => {
    try {
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: {
            Simple: {
              Subject: { Data: subject, Charset: 'UTF-8' },
              Body: {
                Text: { Data: text, Charset: 'UTF-8' },
                ...(html !== undefined && { Html: { Data: html, Charset: 'UTF-8' } }),
              },
              Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
            },
          },
        }),
      );
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      // Anything else is a connection that failed or a wait that ended: SES may have taken the mail.
      const answered = error instanceof SESv2ServiceException;
      throw new MailRefused(reason, answered && LASTING.has(reason), error, answered);
    }
  };
}
