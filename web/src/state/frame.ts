/** Run once in the next frame, or soon where there are none because the page is hidden. */
export function nextFrame(run: () => void): void {
    if (typeof requestAnimationFrame === 'undefined' || document.hidden) setTimeout(run, 30)
    else requestAnimationFrame(run)
}
