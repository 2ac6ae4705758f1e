import type { Clock } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { StoredTemplate } from './stored-template.ts';
import { createTemplate } from './templates.ts';

const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Welcome</title>
<style>
  @media (max-width: 620px) { .card { padding: 28px 22px !important; border-radius: 0 !important } }
</style>
</head>
<body style="margin:0;background:#f2f4f8;font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#1f2733">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f2f4f8">
<tr><td align="center" style="padding:32px 0">
  <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px">
  <tr><td class="card" style="background:#ffffff;border-radius:14px;padding:40px 44px">
    <p style="margin:0 0 8px;font-size:13px;letter-spacing:.08em;text-transform:uppercase;color:#5b6ee1">Welcome{if lead._fname}, {lead._fname}{end}</p>
    <h1 style="margin:0 0 16px;font-size:26px;line-height:1.25">Good to have you here</h1>
    <p style="margin:0 0 16px;font-size:16px;line-height:1.6">{lead.email} is now on our list. We write
      when there is something worth reading, and not otherwise.</p>
    <p style="margin:0;font-size:16px;line-height:1.6">Answer this letter if you have a question: a person reads it.</p>
  </td></tr>
  <tr><td style="padding:18px 44px;font-size:12px;line-height:1.5;color:#7b8494">You get this letter because you signed
    up with us.{if lead.email} <a href="{unsubscribe}" style="color:#7b8494">Unsubscribe</a>{end}</td></tr>
  </table>
</td></tr>
</table>
</body>
</html>
`;

/** Template 1 of a first start: a letter of welcome. In a transaction of the caller's it is a part of that one. */
export function seedTemplate(db: Db, clock: Clock): Promise<StoredTemplate> {
  return createTemplate(db, clock, {
    name: 'Welcome',
    channel: 'email',
    databaseId: null,
    body: { subject: 'Welcome{if lead._fname}, {lead._fname}{end}', html: HTML },
  });
}
