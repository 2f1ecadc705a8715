/** Where what floats is put: beside what it belongs to, within the window. */

const GAP = 4 // px

/** Below `anchor`, or above it where there is no room; its end at the anchor's end where its start would not fit. */
export function placeBeside(floating: HTMLElement, anchor: DOMRect, align: 'start' | 'middle' = 'start'): void {
    const { width, height } = floating.getBoundingClientRect()
    const below = anchor.bottom + GAP + height <= innerHeight || anchor.top < height + GAP
    const fromRight = getComputedStyle(floating).direction === 'rtl'
    const wanted =
        align === 'middle'
            ? (anchor.left + anchor.right - width) / 2
            : fromRight || anchor.left + width > innerWidth - GAP
              ? anchor.right - width
              : anchor.left
    const left = Math.max(GAP, Math.min(wanted, innerWidth - width - GAP))
    const top = below ? anchor.bottom + GAP : anchor.top - GAP - height
    floating.style.left = `${left}px`
    floating.style.top = `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px`
}
