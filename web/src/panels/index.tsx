/**
 * What the page's core uses of the panels. All but the small things here is loaded when it is first shown.
 *
 * `<Panels />` once at the root; `<AsidePanel />` where the third column is; `startPanels()` once.
 */

import type { ComponentType } from 'preact'

import { aside } from '../state'
import { lazy } from './lazy'
import { startTelling } from './notify/telling'
import { dialog, type Dialogs, type DialogName } from './open'
import { startKeys } from './shortcuts/listening'
import './panels.css'

export { ApprovalCard } from './approval/ApprovalCard'
export { requestIn } from './approval/requests'
export { openDialog, toggleAside } from './open'
export { order } from './shortcuts/table'
export { ConversationBar } from './talk/ConversationBar'

interface AsideProps {
    seq?: number | undefined
    who?: string | undefined
}

/** The panels beside the timeline, by the name of the `aside`. Threads are the timeline's own. */
const ASIDES: Readonly<Record<string, ComponentType<AsideProps>>> = {
    details: lazy(() => import('./room/DetailsPanel').then(worded)),
    bots: lazy(() => import('./bots/BotsPanel').then(worded)),
    why: lazy(() => import('./why/WhyPanel').then(worded)),
    search: lazy(() => import('./search/SearchPanel').then(worded)),
    inspector: lazy(() => import('./inspector/Inspector').then(worded)),
}

const DIALOGS: { readonly [N in DialogName]: ComponentType<Dialogs[N]> } = {
    switcher: lazy(() => import('./switcher/Switcher').then(worded), true),
    shortcuts: lazy(() => import('./shortcuts/Sheet').then(worded), true),
    settings: lazy(() => import('./account/SettingsDialog').then(worded), true),
    register: lazy(() => import('./account/RegisterDialog').then(worded), true),
    admin: lazy(() => import('./admin/AdminDialog').then(worded), true),
    room: lazy(() => import('./room/RoomDialog').then(worded), true),
    duet: lazy(() => import('./talk/DuetDialog').then(worded), true),
    bot: lazy(() => import('./bots/BotDialog').then(worded), true),
}

/** A panel's component, once its words are there too. */
async function worded<P extends object>(module: { default: ComponentType<P> }): Promise<ComponentType<P>> {
    await import('./words')
    return module.default
}

/** Whether there is a panel of this name. */
export const isPanel = (name: string): boolean => name in ASIDES

/** The panel that `aside` names; nothing for what is none of ours. */
export function AsidePanel() {
    const shown = aside.value
    const Panel = shown && ASIDES[shown.name]
    if (!Panel) return null
    return (
        <div class="aside">
            <Panel key={shown.name} seq={shown.seq} who={shown.who} />
        </div>
    )
}

/** The dialog that is open. */
export function Panels() {
    const opened = dialog.value
    if (!opened) return null
    const Opened = DIALOGS[opened.name] as ComponentType<object>
    return <Opened key={opened.name} {...opened.about} />
}

/** Shortcuts and notifications begin. The answer stops them. */
export function startPanels(): () => void {
    const stops = [startKeys(), startTelling()]
    return () => stops.forEach((stop) => stop())
}
