/** A mail of header lines and a body, as it comes over the wire. */
export function mailOf(headers: readonly string[], body: string): string {
  return [...headers, '', body].join('\n').replace(/\r?\n/g, '\r\n');
}

export interface StatusReport {
  readonly to?: string;
  readonly recipients: readonly (readonly string[])[];
  readonly messageId?: string;
}

/** A delivery status report as RFC 3464 draws it. */
export function statusReport({
  to = 'bounces@m.example',
  recipients,
  messageId = '<lost@m.example>',
}: StatusReport): string {
  const blocks = recipients.map((fields) => fields.join('\n')).join('\n\n');
  return mailOf(
    [
      'From: Mail Delivery System <MAILER-DAEMON@mx.example>',
      `To: ${to}`,
      'Subject: Undelivered Mail Returned to Sender',
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
    ],
    `--B
Content-Type: text/plain; charset=utf-8

I am sorry.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 2 Mar 2026 10:00:00 +0000

${blocks}

--B
Content-Type: text/rfc822-headers

From: news@m.example
Message-ID: ${messageId}
Subject: News
--B--
`,
  );
}

/** A complaint as RFC 5965 draws it. */
export function complaint(type: string, returnPath: string): string {
  return mailOf(
    [
      'From: <abuse@provider.example>',
      'To: <fbl@m.example>',
      'Subject: FW: News',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=feedback-report; boundary="B"',
    ],
    `--B
Content-Type: text/plain

This is an abuse report.
--B
Content-Type: message/feedback-report

Feedback-Type: ${type}
User-Agent: Provider/1.0
Version: 1
Original-Mail-From: <${returnPath}>

--B
Content-Type: message/rfc822

Return-Path: <${returnPath}>
From: news@m.example
Message-ID: <complained@m.example>
Subject: News

Hello
--B--
`,
  );
}
