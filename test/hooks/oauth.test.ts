import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { jsonAnswer, startSink, type TargetSink } from '../workflow/target-sink.ts';
import { createHookScene, eventOf, type HookScene } from './hook-scene.ts';

let scene: HookScene;
let sink: TargetSink;
before(async () => {
  [scene, sink] = await Promise.all([createHookScene(), startSink()]);
});
beforeEach(async () => {
  sink.clear();
  await scene.clear();
});
after(async () => {
  await scene.drop();
  await sink.stop();
});

/** Answers as a token server at /token and as a receiver elsewhere, which takes the tokens that `isGood` says. */
function serve(isGood: (token: string) => boolean): { tokens: () => number; statuses: number[] } {
  let tokens = 0;
  const statuses: number[] = [];
  sink.answer = (_count, { url, headers }) => {
    if (url === '/token') {
      tokens += 1;
      return jsonAnswer({ access_token: `t${tokens}`, token_type: 'Bearer', expires_in: 600 });
    }
    const status = isGood(headers.authorization?.replace('Bearer ', '') ?? '') ? 200 : 401;
    statuses.push(status);
    return { status };
  };
  return { tokens: () => tokens, statuses };
}

async function deliver(): Promise<void> {
  await scene.emit([eventOf('a')]);
  await scene.cut();
  await scene.send();
}

for (const auth of ['basic', 'post'] as const) {
  test(`an access token is asked for once (${auth}), used until shortly before its end, renewed after a 401`, async () => {
    let refused = '';
    const served = serve((token) => token !== '' && token !== refused);
    const oauth2 = { tokenUrl: `${sink.url}/token`, clientId: 'me:&', scope: 'events', auth };
    await scene.addHook({ url: `${sink.url}/in`, oauth2 }, { clientSecret: 'p w' });
    await deliver();
    await deliver();
    assert.deepEqual([served.tokens(), served.statuses], [1, [200, 200]]);
    const [asked] = sink.received;
    const form = Object.fromEntries(new URLSearchParams(asked?.body));
    if (auth === 'post') {
      const expected = {
        grant_type: 'client_credentials',
        scope: 'events',
        client_id: 'me:&',
        client_secret: 'p w',
      };
      assert.deepEqual([form, asked?.headers.authorization], [expected, undefined]);
    } else {
      assert.deepEqual(form, { grant_type: 'client_credentials', scope: 'events' });
      const basic = Buffer.from(
        asked?.headers.authorization?.replace('Basic ', '') ?? '',
        'base64',
      ).toString();
      assert.equal(basic, 'me%3A%26:p+w');
    }
    scene.clock.advance(570_000);
    await deliver();
    assert.equal(served.tokens(), 2, 'it has half a minute left');
    refused = 't2';
    await deliver();
    assert.deepEqual([served.tokens(), served.statuses], [3, [200, 200, 200, 401, 200]]);
    assert.ok((await scene.deliveries()).every(({ status }) => status === 'done'));
  });
}

test('a token server that gives none is a failure that is tried again, and a refused token no endless loop', async () => {
  const oauth2 = { tokenUrl: `${sink.url}/token`, clientId: 'me', scope: null, auth: 'basic' as const };
  await scene.addHook({ url: `${sink.url}/in`, oauth2 }, { clientSecret: 'x' });
  sink.answer = () => ({ status: 400, body: '{"error":"invalid_client"}' });
  await deliver();
  const [delivery] = await scene.deliveries();
  assert.deepEqual(
    [delivery?.status, delivery?.fault],
    ['queued', 'the OAuth2 server gave no token: it answered HTTP 400'],
  );
  const served = serve(() => false);
  scene.clock.advance(5_000);
  await scene.send();
  assert.deepEqual([served.tokens(), served.statuses], [2, [401, 401]]);
  assert.equal((await scene.deliveries())[0]?.fault, 'the answer was HTTP 401');
});
