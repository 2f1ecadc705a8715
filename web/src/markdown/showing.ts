/** Shows the formulas of a text that is in the page. */

import { t } from '../i18n'
import { within } from './formulas'
import { safeFormula } from './policy'

type Library = typeof import('./mathml')

let library: Library | undefined
let loading: Promise<void> | undefined

/** Show them: at once if the library is there, else soon, so that rows keep their heights when they come into view again. */
export async function showFormulas(box: HTMLElement): Promise<void> {
    const found = [...box.querySelectorAll<HTMLElement>('.formula')]
    if (!found.length) return
    if (!library) {
        loading ??= import('./mathml').then((module) => void (library = module))
        try {
            await loading
        } catch {
            loading = undefined // the server was updated, or is away: they stay as they were written
            return
        }
    }
    for (const one of found) if (one.isConnected && library) show(one, library)
}

function show(element: HTMLElement, { mathml }: Library): void {
    const made = mathml(within(element.textContent ?? ''), element.classList.contains('formula-block'))
    if ('wrong' in made) {
        element.classList.add('formula-wrong')
        element.title = t('formula.wrong', { reason: made.wrong })
        return
    }
    element.innerHTML = safeFormula(made.html)
    element.classList.add('formula-shown')
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0
}
