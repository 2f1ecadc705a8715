import { signal } from '@preact/signals'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

vi.mock('../../src/state', () => ({ onEvent: () => () => undefined }))
vi.mock('../../src/design', () => ({ toast: vi.fn() }))

import { reading, Reader } from '../../src/voice/reading'

/** What was asked for, in order. */
let asked: { text: string; seq?: number; draft?: string }[] = []
/** Sounds that are being played. */
let playing: Sound[] = []
let status = 200

class Sound extends EventTarget {
    play(): Promise<void> {
        playing.push(this)
        return Promise.resolve()
    }
    pause(): void {
        this.over('pause')
    }
    over(how = 'ended'): void {
        playing = playing.filter((one) => one !== this)
        this.dispatchEvent(new Event(how))
    }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))
const reader = () => new Reader({ name: signal('#r') })

beforeEach(() => {
    asked = []
    playing = []
    status = 200
    vi.stubGlobal('Audio', Sound)
    vi.stubGlobal('fetch', (_: string, { body }: { body: string }) => {
        asked.push(JSON.parse(body) as (typeof asked)[number])
        return Promise.resolve(new Response(status === 200 ? 'sound' : '{}', { status }))
    })
    URL.createObjectURL = () => 'blob:x'
    URL.revokeObjectURL = () => undefined
})
afterEach(() => vi.unstubAllGlobals())

it('reads an answer while it grows, one sentence at a time', async () => {
    const one = reader()
    one.grows('d1', 'First. Sec')
    await settled()
    expect(asked).toEqual([{ text: 'First.', draft: 'd1' }])
    expect([playing.length, reading.value]).toEqual([1, true])
    one.grows('d1', 'First. Second. Third. Fou')
    await settled()
    expect(playing).toHaveLength(1)
    expect(asked.map(({ text }) => text)).toEqual(['First.', 'Second.', 'Third.']) // the next are fetched meanwhile
    one.said('d1', 'First. Second. Third. Fourth.', 7)
    for (let left = 4; left > 0; left -= 1) {
        expect(playing).toHaveLength(1)
        playing[0]!.over()
        await settled()
    }
    expect(asked.at(-1)).toEqual({ text: 'Fourth.', seq: 7 })
    expect([playing.length, reading.value]).toEqual([0, false])
})

it('is quiet when told to, for the rest of that answer, and reads the next', async () => {
    const one = reader()
    one.grows('d1', 'First. Second. Th')
    await settled()
    one.stop()
    await settled()
    expect([playing.length, reading.value]).toEqual([0, false])
    one.said('d1', 'First. Second. Third.', 7)
    await settled()
    expect(playing).toHaveLength(0)
    one.said('n2', 'Another answer.', 8)
    await settled()
    expect(playing).toHaveLength(1)
    expect(asked.at(-1)).toEqual({ text: 'Another answer.', seq: 8 })
})

it('goes on where a sentence has no sound', async () => {
    const one = reader()
    status = 502
    one.said('n1', 'This fails.', 3)
    await settled()
    await settled()
    expect(reading.value).toBe(false)
    status = 200
    one.said('n2', 'This does not.', 4)
    await settled()
    expect(playing).toHaveLength(1)
})
