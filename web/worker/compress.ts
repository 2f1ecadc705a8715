/** Files compressed beside themselves, as well as can be, so that the server need not compress while somebody waits. */

import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

import type { Plugin } from 'vite'

const WORTH = 1024 // bytes
const TEXT = /\.(js|css|html|svg|webmanifest)$/

export function compressed(): Plugin {
    return {
        name: 'roomful-compressed',
        apply: 'build',
        enforce: 'post',
        generateBundle: {
            order: 'post',
            handler(_, bundle) {
                for (const file of Object.values(bundle)) {
                    if (!TEXT.test(file.fileName)) continue
                    const content = Buffer.from(file.type === 'chunk' ? file.code : file.source)
                    if (content.length < WORTH) continue
                    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
                    this.emitFile({
                        type: 'asset',
                        fileName: `${file.fileName}.br`,
                        source: brotliCompressSync(content, quality),
                    })
                    this.emitFile({
                        type: 'asset',
                        fileName: `${file.fileName}.gz`,
                        source: gzipSync(content, { level: 9 }),
                    })
                }
            },
        },
    }
}
