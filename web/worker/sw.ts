/**
 * The service worker: the page itself is kept on the device, so that it opens without a server, or with one that is slow to
 * answer. What was read is kept by the page (state/keeping.ts). Nothing of the API, of files or of other origins passes here.
 */

export {} // a module, whose `self` is its own
declare const self: ServiceWorkerGlobalScope
/** Put in by the build: a name that changes with the page, and the files of the first view. */
declare const RELEASE: string
declare const FILES: readonly string[]

const CACHE = `roomful-${RELEASE}`
const PATIENCE = 3000 // ms for the server, before the page that is kept is shown

self.addEventListener('install', (event) => {
    event.waitUntil(fill().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
    event.waitUntil(tidy().then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
    const { request } = event
    const url = new URL(request.url)
    if (request.method !== 'GET' || url.origin !== location.origin) return
    if (request.mode === 'navigate' && isPage(url)) event.respondWith(page(request))
    else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request))
})

const isPage = (url: URL): boolean => url.pathname === '/' || url.pathname.startsWith('/r/')

async function fill(): Promise<void> {
    const cache = await caches.open(CACHE)
    await cache.addAll(['/', ...FILES])
}

async function tidy(): Promise<void> {
    const names = await caches.keys()
    await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)))
}

/** The server's page, so that a new release is seen at once; without an answer, the one that is kept. */
async function page(request: Request): Promise<Response> {
    const kept = await caches.match('/')
    try {
        return await fetch(request, { signal: AbortSignal.timeout(kept ? PATIENCE : 60_000) })
    } catch (why) {
        if (kept) return kept
        throw why
    }
}

/** A file of the page: its name changes with what is in it, so the first one that came is right. */
async function asset(request: Request): Promise<Response> {
    const kept = await caches.match(request)
    if (kept) return kept
    const fresh = await fetch(request)
    if (fresh.ok) await (await caches.open(CACHE)).put(request, fresh.clone())
    return fresh
}
