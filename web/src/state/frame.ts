const FRAME = 16 // ms

let pressed = -Infinity // when a key was pressed last
if (typeof window !== 'undefined')
    addEventListener('keydown', () => (pressed = performance.now()), { capture: true, passive: true })

/** Run once in the next frame, or soon where there are none because the page is hidden. */
export function nextFrame(run: () => void): void {
    if (typeof requestAnimationFrame === 'undefined' || document.hidden) setTimeout(run, 30)
    else requestAnimationFrame(run)
}

/** Run in a frame, `pause` ms from now at the earliest; in that behind, where this one is to show a key. */
export function laterFrame(pause: number, run: () => void): void {
    const giveWay = () => (performance.now() - pressed < FRAME ? nextFrame(run) : run())
    if (pause <= 0) nextFrame(giveWay)
    else setTimeout(() => nextFrame(giveWay), pause)
}
