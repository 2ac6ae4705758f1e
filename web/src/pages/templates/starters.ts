/** What a new template begins with, by channel. */
export const starters = ['letter', 'order', 'code', 'empty'] as const;
export type Starter = (typeof starters)[number];

interface Parts {
  readonly subject?: string;
  readonly html?: string;
  readonly text?: string;
}

const parts: Readonly<Record<Starter, Parts>> = {
  empty: {},
  letter: {
    subject: 'Hello {lead._fname}',
    html: '<h1>Dear {lead._fname},</h1>\n<p>we are glad that you are here.</p>\n<p><a href="{unsubscribe}">Unsubscribe</a></p>\n',
  },
  order: {
    subject: 'Your order {apicontent.number}',
    html: '<h1>Thank you, {lead._fname}!</h1>\n<table>\n{for item in apicontent.items}<tr><td>{item.name}</td><td>{item.price}</td></tr>\n{end}</table>\n{if apicontent.paid}<p>It is paid.</p>{else}<p>Please pay {apicontent.total}.</p>{end}\n',
  },
  code: { text: 'Your code is {apicontent.code}' },
};

export function partsOf(starter: Starter, channel: string): Parts {
  const { subject, html, text } = parts[starter];
  // A letter holds no subject and no HTML in other channels.
  if (channel === 'email') return { ...parts[starter], ...(html === undefined ? { text: text ?? '' } : {}) };
  return { text: text ?? subject ?? '' };
}
