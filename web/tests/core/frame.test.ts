import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { laterFrame } from '../../src/state/frame'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what waits for a pause is run once, and not before', () => {
    const ran = vi.fn()
    laterFrame(50, ran)
    vi.advanceTimersByTime(49)
    expect(ran).not.toHaveBeenCalled()
    vi.advanceTimersByTime(60)
    expect(ran).toHaveBeenCalledOnce()
})

test('what is due is run with the next frame', () => {
    const ran = vi.fn()
    laterFrame(-3, ran)
    expect(ran).not.toHaveBeenCalled()
    vi.advanceTimersByTime(30)
    expect(ran).toHaveBeenCalledOnce()
})
