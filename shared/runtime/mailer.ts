import { SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { type DispatchDesk, MailRefused } from '../outbox/dispatch-desk.ts';

/** SES's refusals that trying again does not mend: the message or an address is at fault, not the moment. */
const LASTING = new Set(['BadRequestException', 'MessageRejected']);

export interface MailSender {
  /** The verified sender. */
  readonly from: string;
  /** Whose events tell of bounces and complaints. */
  readonly configurationSet: string;
  /** How long SES may take to answer, and be silent within its answer. 10 seconds by default. */
  readonly answerMilliseconds?: number;
}

/** Sends mails through SES. */
export function sesMailer({
  from,
  configurationSet,
  answerMilliseconds = 10_000,
}: MailSender): DispatchDesk['sendMail'] {
  const client = new SESv2Client({
    maxAttempts: 1, // The outbox tries again, and knows how often it did.
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: answerMilliseconds,
      // Without this the SDK only warns, and waits on.
      throwOnRequestTimeout: true,
      socketTimeout: answerMilliseconds,
    },
  });
  return async (to, { subject, text, html, headers = {} }, tags) => {
    try {
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          ConfigurationSetName: configurationSet,
          EmailTags: Object.entries(tags).map(([Name, Value]) => ({ Name, Value })),
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
      // Anything else is a fault within SES, a connection that failed or a wait that ended: it may have taken the mail.
      const answered = error instanceof SESv2ServiceException && (error.$metadata.httpStatusCode ?? 500) < 500;
      throw new MailRefused(reason, answered && LASTING.has(reason), error, answered);
    }
  };
}
