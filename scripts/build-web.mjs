/**
 * Builds the web UI into web/dist where its sources are not those it was built from; runs before every command that may
 * serve it. Not by time stamps: git gives all files those of the checkout.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Written last, so that it is missing after a build that was interrupted; vite empties the folder first. */
const mark = join(root, 'web/dist/.sources');

/** Below this a part fits a packet or two as it is. */
const LEAST_BYTES = 1500;

function hashSources() {
  const hash = createHash('sha256');
  const files = globSync('web/{src,public}/**/*', { cwd: root }).filter((file) =>
    statSync(join(root, file)).isFile(),
  );
  const beside = ['package-lock.json', 'scripts/build-web.mjs', 'web/index.html', 'web/vite.config.ts'];
  for (const file of [...beside, ...files.sort()]) {
    hash
      .update(`${file.replaceAll('\\', '/')}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Beside every part that it is worth for, so that nothing is compressed while somebody waits for it. */
function compressParts() {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  for (const file of globSync('web/dist/**/*.{js,css,svg}', { cwd: root })) {
    const path = join(root, file);
    const bytes = readFileSync(path);
    if (bytes.length < LEAST_BYTES) continue;
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, quality));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

const vite = join(root, 'node_modules/vite/bin/vite.js');
const sources = hashSources();
const isBuilt = existsSync(mark) && readFileSync(mark, 'utf8') === sources;
if (!isBuilt && !existsSync(vite)) {
  // Installed without what only development needs: the server runs, and says at `/` what is missing.
  console.error('The web UI is not built: vite is not installed. npm install, then npm run build.');
} else if (!isBuilt) {
  console.error('Building the web UI.');
  const { status } = spawnSync(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status === 0) {
    compressParts();
    writeFileSync(mark, sources);
  } else {
    console.error('The web UI could not be built; what is wrong stands above.');
    process.exitCode = 1;
  }
}
