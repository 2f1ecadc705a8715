import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'

import { server, type Line, type Room } from '../state'
import { reading } from '../state/choices'

export interface CardsProps {
    room: Room
    line: Line
}

const LINK = /https?:\/\//i
const Cards = signal<ComponentType<CardsProps> | null>(null)
let loading: Promise<void> | undefined

/** What the links of a line lead to: where the server offers it, for whoever wants to see it (docs/previews.md says of which). */
export function Previews({ room, line }: CardsProps) {
    if (!reading.value.previews || !server.value?.features.includes('previews')) return null
    if (room.settings.value.models === 'local') return null // its lines stay on the server's machine
    const { kind } = line.sender
    if (line.redacted || (kind !== 'person' && kind !== 'guest') || !LINK.test(line.text)) return null
    return <Loaded room={room} line={line} />
}

function Loaded(props: CardsProps) {
    useEffect(load, [])
    return Cards.value && <Cards.value {...props} />
}

function load(): void {
    loading ??= import('./cards').then(
        (module) => void (Cards.value = module.default),
        () => void (loading = undefined), // without them the lines are whole, too
    )
}
