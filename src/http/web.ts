import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps } from './deps.ts';

/** What `npm run build` has made of web/. */
const WEB_FOLDER = fileURLToPath(new URL('../../web/dist', import.meta.url));

const NOT_BUILT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Muster</title></head><body>
<h1>Muster</h1><p>The server runs, but its web UI is not built: run <code>npm install</code> and
<code>npm run build</code> in the folder of Muster, then start it again.</p></body></html>`;

/** The names of the parts carry a hash of what is in them. */
const PART_PATH = /[/\\]assets[/\\]/;

/**
 * The policy of the pages: nothing from elsewhere runs, and they are shown in no frame. Mantine sets sizes in `style`
 * attributes; the mails in previews show pictures of the sites that they name; what unpacks large workbooks makes its
 * workers from scripts that are here already.
 */
export const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'https:'],
    fontSrc: ["'self'", 'data:'],
    workerSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
} as const;

export interface WebPages {
  /** The page that holds every other: which one is shown is told by the address, in the browser. */
  readonly page: string;
  readonly isBuilt: boolean;
}

/** Reads the page once: a server that is updated under way goes on with what it was started with. */
export function readWebPages(folder = WEB_FOLDER): WebPages {
  const file = `${folder}/index.html`;
  const isBuilt = existsSync(file);
  return { page: isBuilt ? readFileSync(file, 'utf8') : NOT_BUILT, isBuilt };
}

/** Whether a page is asked for, as browsers do, rather than data, as programs do. */
export function wantsPage(request: FastifyRequest): boolean {
  const isLooking = request.method === 'GET' || request.method === 'HEAD';
  return isLooking && (request.headers.accept ?? '').includes('text/html');
}

export function sendPage(reply: FastifyReply, { page }: WebPages): FastifyReply {
  return reply
    .code(200)
    .header('cache-control', 'no-cache')
    .header('vary', 'accept')
    .type('text/html; charset=utf-8')
    .send(page);
}

/** The parts of the web UI: scripts, styles, pictures. Addresses of pages are answered where nothing else is found. */
export function addWebParts(app: FastifyInstance, { isBuilt }: WebPages, { log }: HttpDeps): void {
  if (!isBuilt) {
    log.warn({ folder: WEB_FOLDER }, 'the web UI is not built: npm run build, then start again');
    return;
  }
  app.register(fastifyStatic, {
    root: WEB_FOLDER,
    index: false,
    // One route for each file, so that every other address is looked for where it may be.
    wildcard: false,
    globIgnore: ['index.html', '**/*.br', '**/*.gz'],
    preCompressed: true,
    serveDotFiles: false,
    schemaHide: true,
    setHeaders: (reply, path) => {
      reply.header(
        'cache-control',
        PART_PATH.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}
