/**
 * The page's icons: our sign, drawn once as shapes; as SVG for browsers, as PNG for what installs the page. The PNG is painted
 * here, a point at a time, so that the build needs no library of pictures.
 */

import { deflateSync } from 'node:zlib'

import type { Plugin } from 'vite'

const SIZES = [192, 512] as const
const GROUND = [14, 102, 85] as const
const BACK = [255, 255, 255] as const
const FRONT = [159, 212, 199] as const
const FINE = 4 // points of a pixel each way, for smooth edges

type Colour = readonly [number, number, number]
interface Bubble {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
    /** The tail's corner, below the bubble. */
    readonly tail: readonly [number, number, number]
    readonly colour: Colour
}

/** On a grid of 64: the one in front first. */
const BUBBLES: readonly Bubble[] = [
    { x: 13, y: 14, width: 28, height: 21, tail: [18, 28, 42], colour: BACK },
    { x: 26, y: 29, width: 26, height: 19, tail: [47, 37, 55], colour: FRONT },
]
const ROUND = 5
const GAP = 2.5 // what shows of the ground between the two

function inside(x: number, y: number, bubble: Bubble, more = 0): boolean {
    const { x: left, y: top, width, height, tail } = bubble
    const right = left + width + more
    const bottom = top + height + more
    const dx = Math.max(left - more + ROUND - x, x - (right - ROUND), 0)
    const dy = Math.max(top - more + ROUND - y, y - (bottom - ROUND), 0)
    if (dx * dx + dy * dy <= ROUND * ROUND) return true
    const [from, to, low] = tail
    const part = (y - (bottom - 1)) / (low + more - (bottom - 1))
    if (part < 0 || part > 1) return false
    const begin = from + (from > to ? -1 : 1) * part * 0.5
    const end = to + (from - to) * part
    return x >= Math.min(begin, end) - more && x <= Math.max(begin, end) + more
}

function colourAt(x: number, y: number): Colour {
    const [front, behind] = BUBBLES as readonly [Bubble, Bubble]
    if (inside(x, y, front)) return front.colour
    if (!inside(x, y, front, GAP) && inside(x, y, behind)) return behind.colour
    return GROUND
}

function pixel(column: number, row: number, size: number): [number, number, number] {
    const sum: [number, number, number] = [0, 0, 0]
    for (let i = 0; i < FINE * FINE; i += 1) {
        const x = ((column + ((i % FINE) + 0.5) / FINE) * 64) / size
        const y = ((row + (Math.floor(i / FINE) + 0.5) / FINE) * 64) / size
        const colour = colourAt(x, y)
        for (const part of [0, 1, 2] as const) sum[part] += colour[part]
    }
    return sum.map((part) => Math.round(part / (FINE * FINE))) as [number, number, number]
}

/** The sign as PNG (RFC 2083): eight bits of red, green and blue. */
export function png(size: number): Buffer {
    const rows = Buffer.alloc(size * (size * 3 + 1))
    for (let row = 0, at = 0; row < size; row += 1) {
        rows[at++] = 0 // no filter
        for (let column = 0; column < size; column += 1) for (const part of pixel(column, row, size)) rows[at++] = part
    }
    const head = Buffer.alloc(13)
    head.writeUInt32BE(size, 0)
    head.writeUInt32BE(size, 4)
    head.set([8, 2, 0, 0, 0], 8)
    const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]
    return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts])
}

function chunk(name: string, data: Buffer): Buffer {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const whole = Buffer.alloc(body.length + 8)
    whole.writeUInt32BE(data.length, 0)
    whole.set(body, 4)
    whole.writeUInt32BE(crc(body), body.length + 4)
    return whole
}

function crc(data: Buffer): number {
    let sum = 0xffffffff
    for (const byte of data) {
        sum ^= byte
        for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
    }
    return (sum ^ 0xffffffff) >>> 0
}

export function icons(): Plugin {
    return {
        name: 'roomful-icons',
        apply: 'build',
        generateBundle() {
            for (const size of SIZES) this.emitFile({ type: 'asset', fileName: `icon-${size}.png`, source: png(size) })
        },
    }
}
