import { defineConfig } from 'vite'

import { compressed } from './worker/compress.ts'
import { icons } from './worker/icons.ts'
import { serviceWorker } from './worker/plugin.ts'

const output = '../src/roomful/gateways/http/static'
const server = process.env['ROOMFUL_HTTP'] ?? 'http://127.0.0.1:5003'

export default defineConfig({
    plugins: [icons(), serviceWorker(), compressed()],
    build: {
        outDir: output,
        emptyOutDir: true,
        target: 'es2022',
        modulePreload: { polyfill: false }, // it would be an inline script, which the page's policy forbids
        assetsInlineLimit: 0,
        reportCompressedSize: false,
    },
    server: {
        port: 5173,
        proxy: {
            '/ws': { target: server, ws: true },
            '/api': server,
            '/files': server,
        },
    },
})
