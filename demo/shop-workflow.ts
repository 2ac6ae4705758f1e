import type { JsonObject } from '../src/base/index.ts';
import { SHOP_CONTENT } from './batch.ts';
import { bigCities } from './data/cities.ts';

/** What the letter of the workflow needs. */
export interface Letter {
  readonly resourceId: number;
  readonly templateId: number;
}

/**
 * The demo's workflow: customers of the big cities are told to the shop, which answers with a coupon that goes into
 * their profile, and get it by e-mail. Of the others, those who came from the counter are left in peace for two seconds.
 */
export function makeWorkflowDefinition(sinkUrl: string, letter: Letter): { nodes: JsonObject[] } {
  return {
    nodes: [
      { id: 'start', type: 'start', name: 'Default', next: 'big_city' },
      {
        id: 'big_city',
        type: 'condition',
        filter: { _city: { $in: [...bigCities] } },
        yes: 'ask_coupon',
        no: 'from_shop',
      },
      {
        id: 'ask_coupon',
        type: 'api_call',
        method: 'POST',
        url: `${sinkUrl}/welcome?campaign={apicontent.campaign}`,
        headers: { 'X-Campaign': '{apicontent.campaign}' },
        body: {
          customer: '{lead.CRM_ID}',
          name: '{lead._fname} {lead._lname}',
          email: '{lead.email}',
          city: '{lead._city}',
          loyalty: '{lead.loyalty}',
          channel: '{apicontent.channel}',
        },
        timeout: 10,
        retries: 5,
        save_as: 'shop',
        next: 'keep_coupon',
        error: 'shop_silent',
      },
      {
        id: 'keep_coupon',
        type: 'update_profile',
        fields: { coupon: '{apicontent.shop.coupon}', welcomed_by: '{apicontent.campaign}' },
        next: 'letter',
      },
      {
        id: 'letter',
        type: 'send',
        channel: 'email',
        resource_id: letter.resourceId,
        template_id: letter.templateId,
        next: 'welcomed',
        no_address: 'no_letter',
        error: 'no_letter',
      },
      { id: 'no_letter', type: 'end', reason: 'the letter could not be delivered' },
      { id: 'welcomed', type: 'end', reason: 'welcomed with a coupon' },
      { id: 'shop_silent', type: 'end', reason: 'the shop did not answer' },
      {
        id: 'from_shop',
        type: 'content_filter',
        filter: { channel: SHOP_CONTENT.channel },
        yes: 'pause',
        no: 'elsewhere',
      },
      { id: 'pause', type: 'delay', for: 'PT2S', next: 'greeted' },
      { id: 'greeted', type: 'end', reason: 'greeted at the counter' },
      { id: 'elsewhere', type: 'end', reason: 'outside the campaign' },
    ],
  };
}
