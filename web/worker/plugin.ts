/** Builds the service worker at the root of the page, with the list of the files of the first view. */

import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import { build, type Plugin } from 'vite'

/** What we read of a file that is put out. */
interface Output {
    readonly isEntry?: boolean
    readonly imports?: readonly string[]
    readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> }
}

export function serviceWorker(): Plugin {
    return {
        name: 'roomful-worker',
        apply: 'build',
        async generateBundle(_, bundle) {
            const files = [...firstView(bundle)].map((name) => `/${name}`)
            const release = createHash('sha256').update(Object.keys(bundle).sort().join()).digest('hex').slice(0, 12)
            this.emitFile({ type: 'asset', fileName: 'sw.js', source: await compiled(release, files) })
        },
    }
}

/** The entry, what it imports at once, and their styles. */
function firstView(bundle: Readonly<Record<string, Output>>): Set<string> {
    const found = new Set<string>()
    const take = (name: string): void => {
        const file = bundle[name]
        if (!file || found.has(name)) return
        found.add(name)
        file.imports?.forEach(take)
        file.viteMetadata?.importedCss.forEach((css) => found.add(css))
    }
    for (const [name, file] of Object.entries(bundle)) if (file.isEntry) take(name)
    return found
}

async function compiled(release: string, files: readonly string[]): Promise<string> {
    const built = await build({
        configFile: false,
        logLevel: 'error',
        define: { RELEASE: JSON.stringify(release), FILES: JSON.stringify(files) },
        build: {
            write: false,
            target: 'es2022',
            lib: { entry: fileURLToPath(new URL('sw.ts', import.meta.url)), formats: ['es'], fileName: 'sw' },
        },
    })
    const [output] = Array.isArray(built) ? built : [built]
    if (!output || !('output' in output)) throw new Error('Vite built no service worker.')
    return output.output[0].code
}
