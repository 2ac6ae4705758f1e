import type { Clock, Finding } from '../../base/index.ts';
import { isMigrated } from '../migrate.ts';
import type { Db } from '../pool.ts';
import { readServerFacts, type ServerFacts } from './read-server-facts.ts';

const OLDEST_VERSION = 150_000;
/** Leases are compared with each process's own clock. */
const MAX_CLOCK_SKEW_MS = 5_000;
/** Cleaning up, building of fields and the event feed wait for the oldest transaction. */
const LONG_TRANSACTION_SECONDS = 600;
const FULL_SHARE = 0.9;

function checkVersion({ version, isStandby }: ServerFacts): Finding {
  const check = 'PostgreSQL';
  const text = `version ${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (version < OLDEST_VERSION)
    return { check, level: 'fault', text, advice: 'Muster needs PostgreSQL 15 or newer' };
  if (isStandby) {
    const advice = 'point DATABASE_URL at the primary';
    return { check, level: 'fault', text: `${text}, a standby that takes no writes`, advice };
  }
  return { check, level: 'ok', text };
}

function checkDurability({ unsafeSettings }: ServerFacts): Finding {
  const check = 'durability';
  if (unsafeSettings.length === 0) return { check, level: 'ok', text: 'a commit survives a power cut' };
  const advice =
    'switch them on: with these, what was answered as accepted can be lost when the machine fails';
  return { check, level: 'warning', text: unsafeSettings.join(', '), advice };
}

function checkConnections({ connections, maxConnections }: ServerFacts): Finding {
  const check = 'connections';
  const text = `${connections} of ${maxConnections} in use`;
  if (connections < maxConnections * FULL_SHARE) return { check, level: 'ok', text };
  const advice = 'raise max_connections, or lower MUSTER_DB_CONNECTIONS of the processes';
  return { check, level: 'warning', text, advice };
}

function checkTransactions({ oldestTransaction }: ServerFacts): Finding {
  const check = 'long transactions';
  const seconds = Math.round(oldestTransaction);
  if (seconds < LONG_TRANSACTION_SECONDS) return { check, level: 'ok', text: 'none' };
  const advice = 'look for it in pg_stat_activity; tables bloat and fields are not built while it is open';
  return { check, level: 'warning', text: `one is open for ${seconds} s`, advice };
}

function checkClock(skewMs: number): Finding {
  const check = 'clock';
  const text = `${Math.abs(Math.round(skewMs))} ms from that of the database`;
  if (Math.abs(skewMs) <= MAX_CLOCK_SKEW_MS) return { check, level: 'ok', text };
  const advice = 'set both by NTP: leases are judged by the clock of each machine';
  return { check, level: 'fault', text, advice };
}

/** Asks PostgreSQL whether Muster can rely on it. Three statements. */
export async function checkDatabase(db: Db, clock: Clock): Promise<Finding[]> {
  const askedAt = clock.now().getTime();
  const facts = await readServerFacts(db);
  // The database read its clock somewhere between; the middle is the best guess.
  const skewMs = facts.now.getTime() - (askedAt + clock.now().getTime()) / 2;
  const schema: Finding = (await isMigrated(db))
    ? { check: 'schema', level: 'ok', text: 'of this version' }
    : {
        check: 'schema',
        level: 'fault',
        text: 'older than this program',
        advice: 'muster migrate, or start the server once: both bring the schema up to date',
      };
  return [
    checkVersion(facts),
    schema,
    checkDurability(facts),
    checkConnections(facts),
    checkTransactions(facts),
    checkClock(skewMs),
  ];
}
