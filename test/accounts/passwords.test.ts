import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPasswords } from '../../src/accounts/index.ts';
import { MusterError } from '../../src/base/index.ts';

test('a hash carries its parameters, and is that of one password', async () => {
  const passwords = createPasswords();
  const stored = await passwords.hash('correct horse battery');
  assert.match(stored, /^scrypt\$17\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  assert.deepEqual(await passwords.check('correct horse battery', stored), { isRight: true, isWeak: false });
  assert.deepEqual(await passwords.check('correct horse batterY', stored), { isRight: false, isWeak: false });
});

test('hashes of the same password differ; letters count however they are composed', async () => {
  const passwords = createPasswords(4);
  const [one, two] = [
    await passwords.hash('caf\u00e9 caf\u00e9'),
    await passwords.hash('caf\u00e9 caf\u00e9'),
  ];
  assert.notEqual(one, two);
  assert.equal((await passwords.check('cafe\u0301 cafe\u0301', one)).isRight, true);
});

test('what was hashed with less is told, and what is of nobody is never right', async () => {
  const stored = await createPasswords(4).hash('correct horse battery');
  const passwords = createPasswords(5);
  assert.deepEqual(await passwords.check('correct horse battery', stored), { isRight: true, isWeak: true });
  assert.equal((await passwords.check('', undefined)).isRight, false);
  await assert.rejects(passwords.check('x', 'plain'), /cannot be read/);
});

test('when too many wait, one more is told to come later', async () => {
  const passwords = createPasswords(4);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, () => passwords.hash('correct horse')),
  );
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  assert.equal(refused.length, 6);
  for (const outcome of refused) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof MusterError);
    assert.equal(outcome.reason.code, 429);
  }
  assert.match(await passwords.hash('correct horse'), /^scrypt/);
});
