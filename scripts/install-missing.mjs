/**
 * Runs before every `npm run`, under whatever Node the machine has (18 or newer), so it is plain JavaScript without
 * dependencies. When `node_modules` is what package-lock.json says it does nothing; else it installs. Not by time
 * stamps: git gives both files those of the checkout.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function readJson(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8'));
  } catch (fault) {
    if (fault.code === 'ENOENT') return undefined;
    throw fault;
  }
}

/** Whether package-lock.json was made from the dependencies that package.json names today. */
function isLockCurrent(lock) {
  const wanted = readJson('package.json');
  const locked = lock.packages[''];
  return ['dependencies', 'optionalDependencies', 'devDependencies'].every((kind) => {
    const entries = Object.entries(wanted[kind] ?? {});
    const known = locked[kind] ?? {};
    return (
      entries.length === Object.keys(known).length && entries.every(([name, range]) => known[name] === range)
    );
  });
}

/** What npm leaves out for this platform is optional, and so is what only such a package needs. */
function isInstalled([folder, locked], installed) {
  if (folder === '') return true;
  const found = installed[folder];
  if (found === undefined) return locked.optional === true;
  return found.version === locked.version && existsSync(join(root, folder, 'package.json'));
}

/** The package named `node` fetches its program in an install script, which a setting of npm's may forbid. */
function isNodeThere() {
  return process.platform === 'win32' || existsSync(join(root, 'node_modules/node/bin/node'));
}

/** Why an installation is needed, or undefined when it is not. */
function findReason() {
  const lock = readJson('package-lock.json');
  if (lock === undefined) return 'package-lock.json is missing';
  if (!isLockCurrent(lock)) return 'package.json has changed';
  // npm writes this file last, so it is missing after an installation that was interrupted.
  const hidden = readJson('node_modules/.package-lock.json');
  if (hidden === undefined) return 'nothing is installed yet';
  const missing = Object.entries(lock.packages).find((entry) => !isInstalled(entry, hidden.packages));
  if (missing !== undefined) return `${missing[0]} is missing or of another version`;
  return isNodeThere() ? undefined : 'the pinned Node is missing';
}

/** The npm that runs this script, else the one on the path. */
function runNpm(args) {
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: 'inherit' };
  if (npm?.endsWith('npm-cli.js')) return spawnSync(process.execPath, [npm, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** @returns why it failed, or undefined. */
function install() {
  // npm run hands the folder it was started for down to npm; --prefix makes it this one in any case.
  const { status, error } = runNpm(['install', '--no-audit', '--no-fund', '--prefix', root]);
  if (status !== 0) return `npm install failed (${error?.message ?? `exit code ${status}`})`;
  return isNodeThere() ? undefined : 'npm did not run the install script of the package node';
}

const reason = findReason();
if (reason !== undefined) {
  console.error(`Installing what Muster needs: ${reason}.`);
  const fault = install();
  if (fault !== undefined) {
    console.error(
      `\n${fault}; its messages stand above. Check the network and the free disk space, or delete node_modules and ` +
        'try again; npm must be 10 or newer and be allowed to run install scripts.',
    );
    process.exitCode = 1;
  }
}
