/** How the page looks on this device: theme, contrast, density, size of text. Kept, and put on <html>, where tokens.css reads it. */

import { effect, signal, type Signal } from '@preact/signals'

const CHOICES = {
    theme: ['system', 'light', 'dark'],
    contrast: ['system', 'normal', 'more'],
    density: ['cosy', 'compact'],
    size: ['small', 'normal', 'large', 'huge'],
} as const

type Name = keyof typeof CHOICES
type Choice<N extends Name> = (typeof CHOICES)[N][number]

const DEFAULTS: { [N in Name]: Choice<N> } = { theme: 'system', contrast: 'system', density: 'cosy', size: 'normal' }

/** What is chosen. Setting a value changes the page and keeps the choice. */
export const appearance: { [N in Name]: Signal<Choice<N>> } = {
    theme: signal(kept('theme')),
    contrast: signal(kept('contrast')),
    density: signal(kept('density')),
    size: signal(kept('size')),
}

function kept<N extends Name>(name: N): Choice<N> {
    const value = globalThis.localStorage?.getItem(`roomful.${name}`)
    return CHOICES[name].find((one): one is Choice<N> => one === value) ?? DEFAULTS[name]
}

/** Begin: before the first render, so that the page does not flash. */
export function startAppearance(): void {
    const asks = matchMedia('(prefers-contrast: more)')
    const systemContrast = signal(asks.matches)
    asks.addEventListener('change', () => (systemContrast.value = asks.matches))
    effect(() => {
        const { theme, contrast, density, size } = appearance
        const more = contrast.value === 'more' || (contrast.value === 'system' && systemContrast.value)
        const shown = {
            theme: theme.value,
            contrast: more ? 'more' : 'normal',
            density: density.value,
            size: size.value,
        }
        for (const [name, value] of Object.entries(shown)) document.documentElement.dataset[name] = value
    })
    for (const name of Object.keys(CHOICES) as Name[]) {
        effect(() => localStorage.setItem(`roomful.${name}`, appearance[name].value))
    }
}
